package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.PlacedCgroup;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** What "events" prints, one JSON object a line, in runc's form. */
final class Events {
  private final StateDirectory states;
  private final Containers containers;
  private final PrintStream out;

  Events(StateDirectory states, Containers containers, PrintStream out) {
    this.states = states;
    this.containers = containers;
    this.out = out;
  }

  /**
   * @param once prints one sample and returns
   * @param interval between samples, such as {@code 5s} or {@code 500ms}
   */
  int run(String id, boolean once, String interval) {
    StateDirectory.Entry entry = states.find(id);
    ContainerState state = entry.state();
    PlacedCgroup groups = containers.groups(state);
    long millis = millis(interval);
    long killed = 0;
    while (containers.status(entry, state) != ContainerState.Status.STOPPED) {
      long now = groups.outOfMemoryKills();
      if (now > killed) {
        out.println(Json.write(event("oom", id, Map.of())));
        killed = now;
      }
      out.println(Json.write(event("stats", id, CgroupStats.of(groups))));
      out.flush();
      if (once) {
        return 0;
      }
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return 0;
      }
    }
    if (once) {
      throw new RuntimeFailure("events: container \"" + id + "\" is not running");
    }
    return 0;
  }

  private static Map<String, Object> event(String type, String id, Map<String, Object> data) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("type", type);
    event.put("id", id);
    if (!data.isEmpty()) {
      event.put("data", data);
    }
    return event;
  }

  private static long millis(String interval) {
    if (!interval.matches("[1-9]\\d{0,8}(ms|s|m|h)?")) {
      throw new RuntimeFailure("--interval: \"" + interval + "\" is not a time such as 5s");
    }
    long number = Long.parseLong(interval.replaceAll("\\D", ""));
    return switch (interval.replaceAll("\\d", "")) {
      case "ms" -> number;
      case "m" -> number * 60_000;
      case "h" -> number * 3_600_000;
      default -> number * 1000;
    };
  }
}
