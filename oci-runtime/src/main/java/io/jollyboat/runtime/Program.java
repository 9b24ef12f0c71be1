package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.CgroupLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One call of the program: reads the command line and does what it says. */
final class Program {
  /** The newest version of the specification that is followed. */
  static final String SPECIFICATION = "1.2.0";

  private final PrintStream out;
  private final InputStream in;
  private final OwnCall own;
  private final Flags global;
  private final RuntimeLog log;
  private final StateDirectory states;

  Program(List<String> line, Flags global, InputStream in, PrintStream out) {
    this.own = new OwnCall(line, global.words().size());
    this.global = global;
    this.in = in;
    this.out = out;
    this.log = log(global);
    this.states = new StateDirectory(root(global));
  }

  static Flags global(List<String> line) {
    return Flags.parse(line, Commands.GLOBAL);
  }

  static RuntimeLog log(Flags global) {
    String format = global.value("log-format").orElse("text");
    if (!format.equals("text") && !format.equals("json")) {
      throw new RuntimeFailure("--log-format: \"" + format + "\" is neither text nor json");
    }
    return new RuntimeLog(
        global.value("log").filter(file -> !file.isEmpty()).map(Path::of),
        format.equals("json"),
        global.is("debug"));
  }

  private static Path root(Flags global) {
    String runtime = System.getenv("XDG_RUNTIME_DIR");
    boolean user = !isRoot() && runtime != null && !runtime.isEmpty();
    String standard = user ? runtime + "/jollyboat-runtime" : "/run/jollyboat-runtime";
    return Path.of(global.value("root").orElse(standard)).toAbsolutePath();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Returns the exit status. */
  int run() {
    if (global.is("version")) {
      out.println("jollyboat-runtime version " + version() + "\nspec: " + SPECIFICATION);
      return 0;
    }
    List<String> words = global.words();
    if (global.is("help") || words.isEmpty()) {
      out.println("jollyboat-runtime [global flags] command [flags] [id] ...");
      out.println("commands: " + String.join(" ", Commands.names()));
      return words.isEmpty() && !global.is("help") ? 1 : 0;
    }
    String command = words.get(0);
    Flags flags = Flags.parse(words.subList(1, words.size()), Commands.of(command));
    return flags.is("help") ? help(command) : run(command, flags);
  }

  private static String version() {
    String version = Program.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private int help(String command) {
    Flags.Known known = Commands.of(command);
    out.println(command + " flags: " + known.switches() + " with a value: " + known.valued());
    return 0;
  }

  private int run(String command, Flags flags) {
    switch (command) {
      case "features" -> out.println(Json.writePretty(Features.document(CgroupLayout.detect())));
      case "spec" -> SpecFile.write(bundle(flags), flags.is("rootless"));
      default -> {
        try (Machine machine = Machine.open(states.root())) {
          return run(command, flags, machine);
        }
      }
    }
    return 0;
  }

  private int run(String command, Flags flags, Machine machine) {
    Containers containers = new Containers(states, machine, log);
    Reports reports = new Reports(states, containers, out);
    switch (command) {
      case "create" -> {
        Creation.Created created =
            new Creation(states, machine, log).create(flags.id(command), options(flags), false);
        created.launched().close();
      }
      case "run" -> {
        return new ForegroundRun(states, machine, log, own)
            .run(flags.id(command), options(flags), flags.is("detach"), flags.is("keep"));
      }
      case "exec" -> {
        return exec(flags, containers, machine);
      }
      case "start" -> containers.start(flags.id(command));
      case "kill" -> containers.kill(flags.id(command), signal(flags), flags.is("all"));
      case "delete" -> containers.delete(flags.id(command), flags.is("force"));
      case "pause" -> containers.pause(flags.id(command));
      case "resume" -> containers.resume(flags.id(command));
      case "update" ->
          containers.update(flags.id(command), UpdateFlags.resources(flags, resources(flags)));
      case "state" -> reports.state(flags.id(command));
      case "list" -> reports.list(flags.value("format").orElse("table"), flags.is("quiet"));
      case "ps" -> reports.processes(flags.id(command), flags.value("format").orElse("table"));
      case "events" -> {
        return new Events(states, containers, out)
            .run(flags.id(command), flags.is("stats"), flags.value("interval").orElse("5s"));
      }
      default -> throw new RuntimeFailure("no such command: " + command);
    }
    return 0;
  }

  private static int signal(Flags flags) {
    return Signals.number(flags.words().size() > 1 ? flags.words().get(1) : "SIGTERM");
  }

  private static Path bundle(Flags flags) {
    return Path.of(flags.value("bundle").orElse("")).toAbsolutePath().normalize();
  }

  private CreateOptions options(Flags flags) {
    return new CreateOptions(
        bundle(flags),
        flags.value("pid-file").map(Path::of),
        flags.value("console-socket").map(Path::of),
        global.is("systemd-cgroup"),
        flags.is("no-pivot"),
        flags.is("no-new-keyring"),
        PreservedDescriptors.of(flags.number("preserve-fds").orElse(0)));
  }

  private int exec(Flags flags, Containers containers, Machine machine) {
    List<String> words = new ArrayList<>(flags.words());
    StateDirectory.Entry entry = states.find(flags.id("exec"));
    words.remove(0);
    Optional<Path> file = flags.value("process").map(Path::of);
    ProcessConfig process =
        file.isPresent()
            ? ProcessConfig.of(Json.parse(read(file.get()), "process.json"))
            : ExecFlags.process(flags, entry.config(entry.state().bundle()), words);
    return new ExecRun(containers, machine, log)
        .run(
            entry,
            process,
            new ExecRun.Options(
                flags.is("detach"),
                flags.value("pid-file").map(Path::of),
                flags.value("console-socket").map(Path::of),
                flags.is("ignore-paused"),
                ExecFlags.groups(flags.all("cgroup")),
                PreservedDescriptors.of(flags.number("preserve-fds").orElse(0))));
  }

  private Optional<byte[]> resources(Flags flags) {
    return flags
        .value("resources")
        .map(file -> file.equals("-") ? readInput() : read(Path.of(file)));
  }

  private byte[] readInput() {
    try {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new RuntimeFailure("cannot read standard input: " + e.getMessage(), e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new RuntimeFailure("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
