package io.jollyboat.runtime;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What "state", "list" and "ps" print. */
final class Reports {
  private static final String ROW = "%-24s %-10s %-10s %-40s %-32s %s";

  private final StateDirectory states;
  private final Containers containers;
  private final PrintStream out;

  Reports(StateDirectory states, Containers containers, PrintStream out) {
    this.states = states;
    this.containers = containers;
    this.out = out;
  }

  void state(String id) {
    StateDirectory.Entry entry = states.find(id);
    ContainerState state = entry.state();
    out.println(Json.writePretty(state.toDocument(containers.status(entry, state))));
  }

  void list(String format, boolean quiet) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (StateDirectory.Entry entry : states.all()) {
      Optional<ContainerState> state = entry.stateIfThere();
      state.ifPresent(s -> all.add(s.toDocument(containers.status(entry, s))));
    }
    if (quiet) {
      all.forEach(container -> out.println(container.get("id")));
      return;
    }
    switch (format) {
      case "json" -> out.println(Json.write(all));
      case "table" -> {
        out.println(ROW.formatted("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"));
        all.forEach(this::row);
      }
      default -> throw unknown(format);
    }
  }

  private static RuntimeFailure unknown(String format) {
    return new RuntimeFailure("--format: \"" + format + "\" is neither table nor json");
  }

  private void row(Map<String, Object> container) {
    out.println(
        ROW.formatted(
                container.get("id"),
                container.get("pid"),
                container.get("status"),
                container.get("bundle"),
                container.get("created"),
                container.get("owner"))
            .stripTrailing());
  }

  void processes(String id, String format) {
    ContainerState state = states.find(id).state();
    List<Integer> pids = containers.groups(state).processes();
    switch (format) {
      case "json" -> out.println(Json.write(pids));
      case "table" -> {
        out.println("%-10s %-10s %s".formatted("UID", "PID", "CMD"));
        pids.forEach(this::process);
      }
      default -> throw unknown(format);
    }
  }

  private void process(int pid) {
    Path directory = Path.of("/proc", Integer.toString(pid));
    try {
      String command = Files.readString(directory.resolve("cmdline")).replace('\0', ' ').strip();
      Object user = Files.getAttribute(directory, "unix:uid");
      out.println("%-10s %-10s %s".formatted(user, pid, command));
    } catch (IOException e) {
      // it has ended in the meantime
    }
  }
}
