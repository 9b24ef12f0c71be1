package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The operations that the OCI's validation programs call, one after the other and under the
 * programs' names, and what the programs look at outside the container. Each is told to runc and to
 * our own runtime, and has to come out the same.
 */
@IntegrationTest
class OciValidationLifeIT {
  private static final String GROUPS = "jollyboat-validation";

  /** The files of control groups at which the suite looks, and some more. */
  private static final List<String> LIMITS =
      List.of(
          "memory.limit_in_bytes memory.soft_limit_in_bytes memory.swappiness memory.max",
          "cpu.shares cpu.cfs_period_us cpu.cfs_quota_us cpuset.cpus cpuset.mems cpu.max",
          "pids.max devices.list blkio.weight blkio.throttle.read_bps_device",
          "blkio.throttle.write_iops_device");

  private Path directory;
  private OciBundle bundle;
  private String id;
  private final List<OciRuntime> runtimes = new ArrayList<>();

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    directory = temporary;
    bundle = OciBundle.in(Files.createDirectory(temporary.resolve("bundle")));
    id = "jollyboat-validation-" + ProcessHandle.current().pid();
    for (Path program : List.of(Command.find("runc"), OciRuntime.program())) {
      Path own = Files.createDirectory(temporary.resolve("of-" + program.getFileName()));
      runtimes.add(new OciRuntime(program, own));
    }
  }

  @AfterEach
  void deleteWhatIsLeft() throws IOException {
    for (OciRuntime runtime : runtimes) {
      runtime.call("delete", "--force", id);
    }
    try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
      for (Path hierarchy : hierarchies.filter(Files::isDirectory).toList()) {
        Files.deleteIfExists(hierarchy.resolve(GROUPS));
      }
    }
  }

  /** Calls: what a call of {@link #tell} does with them. */
  static Stream<Arguments> calls() {
    String sleeps = "sleep 300";
    return Stream.of(
        story("create", sleeps, "create; status; create; status"),
        story("create: no id", sleeps, "call create"),
        story(
            "start", "echo called >>/output", "start; create; output; start; wait; output; start"),
        story("start: no id", sleeps, "call start"),
        story("state", sleeps, "status; create; status; start; status; kill KILL; wait; status"),
        story("state: no id", sleeps, "call state"),
        story("kill: no id", sleeps, "call kill"),
        story("kill", sleeps, "kill KILL; create; kill KILL; wait; kill KILL; delete; status"),
        story("kill: running", sleeps, "create; start; kill KILL; wait; kill KILL; delete"),
        story("kill_no_effect", "true", "create; start; wait; kill TERM; status; delete"),
        story("killsig: TERM", caught("TERM"), "create; start; output 1; kill TERM; wait; output"),
        story("killsig: 10", caught("USR1"), "create; start; output 1; kill 10; wait; output"),
        story(
            "killsig: WINCH", caught("WINCH"), "create; start; output 1; kill WINCH; wait; output"),
        story("delete: no id", sleeps, "call delete"),
        story("delete", sleeps, "delete; create; kill KILL; wait; delete; delete; status"),
        story("delete: stopped", "true", "create; start; wait; delete; status; groups"),
        story("delete_resources", sleeps, "create; kill KILL; wait; delete; groups"),
        story(
            "config_updates_without_affect",
            "echo x >>/output",
            "create; rewrite; start; wait; output"),
        story("pidfile", sleeps, "pidfile"));
  }

  private static String caught(String signal) {
    return "trap 'echo got >>/output; exit' "
        + signal
        + "; echo up >>/output; "
        + "while true; do sleep 0.05; done";
  }

  private static Arguments story(String name, String script, String calls) {
    return arguments(name, script.replace("'", "\""), calls);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void calls(String name, String script, String calls) throws Exception {
    bundle.script(script).linux("cgroupsPath", "'/" + GROUPS + "/" + id + "'").write();
    assertSame(name, calls);
  }

  static Stream<Arguments> hooks() {
    return Stream.of(
        arguments("prestart", "create; output; start; wait; output"),
        arguments("poststop", "create; start; wait; output; delete; output"),
        arguments("createRuntime", "create; output; start; wait; delete; output"),
        arguments("createContainer", "create; output; start; wait; delete; output"),
        arguments("startContainer", "create; output; start; wait; output"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void hooks(String kind, String calls) throws Exception {
    bundle.script("true").top("hooks", pair(kind, "exit 0")).write();
    assertSame(kind, calls);
  }

  static Stream<Arguments> hooks_fail() {
    return hooks().filter(each -> !List.of("poststop", "startContainer").contains(each.get()[0]));
  }

  @ParameterizedTest(name = "{0}_fail")
  @MethodSource
  void hooks_fail(String kind, String calls) throws Exception {
    bundle.script("true").top("hooks", pair(kind, "exit 7")).write();
    assertSame(kind + "_fail", calls + "; status");
  }

  /** Where runc, as it is on this machine, fails the suite: the specification is right. */
  static Stream<Arguments> other() {
    return Stream.of(
        arguments("delete", "", "create; delete; status", "done; refused; created"),
        arguments(
            "delete: running", "", "create; start; delete; status", "done; done; refused; running"),
        arguments("poststart", "exit 0", "create; output; start", "done; nothing; done"),
        arguments("poststart", "exit 7", "create; start; output", "done; done; both running"),
        arguments(
            "poststop",
            "exit 7",
            "create; kill KILL; wait; delete; output; status",
            "done; done; stopped; done; both stopped; none"),
        arguments(
            "startContainer",
            "exit 7",
            "create; start; wait; output",
            "done; refused; stopped; one created"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void other(String name, String end, String calls, String expected) throws Exception {
    bundle.script("sleep 300");
    if (!end.isEmpty()) {
      bundle.top("hooks", pair(name, end));
    }
    bundle.write();
    String outcome = told(runtimes.get(1), calls);
    String output = "(?s)one [^ ]*\\nstatus...(\\w+)\\n";
    assertEquals(
        expected,
        outcome
            .replaceAll(output + "two\\nstatus...\\w+\\n", "both $1")
            .replaceAll(output, "one $1"));
  }

  /** Two, of which the first ends so; both write the status that they read to a file. */
  private String pair(String kind, String end) {
    boolean inside = kind.equals("startContainer");
    Path out = inside ? Path.of("/output") : bundle.root().resolve("output");
    String read = "grep -o status.:.[a-z]* >>" + out + "; ";
    String hook = "{'path':'/bin/sh','args':['sh','-c','%s']}";
    return "{'"
        + kind
        + "':["
        + String.format(
            hook,
            "echo one"
                + (kind.equals("poststop") ? " x" : " $PWD")
                + " >>"
                + out
                + "; "
                + read
                + end)
        + ","
        + String.format(hook, "echo two >>" + out + "; " + read)
        + "]}";
  }

  static Stream<Arguments> limits() {
    return Stream.of(
        arguments(
            "linux_cgroups_memory",
            "'memory':{'limit':50593792,'reservation':50593792,'swappiness':10}"),
        arguments(
            "linux_cgroups_cpus",
            "'cpu':{'shares':1024,'quota':100000,'period':50000,'cpus':'0-1','mems':'0'}"),
        arguments("linux_cgroups_pids", "'pids':{'limit':1000}"),
        arguments(
            "linux_cgroups_blkio",
            "'blockIO':{'throttleReadBpsDevice':[{'major':254,'minor':0,'rate':102400}]}"),
        arguments(
            "linux_cgroups_devices",
            "'devices':[{'allow':false,'access':'rwm'},{'allow':true,'type':'c','major':10,'minor':229,'access':'rwm'},{'allow':true,'type':'b','major':8,'minor':20,'access':'rw'},{'allow':true,'type':'b','major':10,'minor':200,'access':'r'}]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void limits(String name, String resources) throws Exception {
    bundle.script("sleep 300").linux("resources", "{" + resources + "}");
    bundle.linux("cgroupsPath", "'/" + GROUPS + "/" + id + "'").write();
    assertSame(name, "create; limits; kill KILL; wait; delete");
    bundle.linux("cgroupsPath", "'" + GROUPS + "'").write();
    assertSame(
        name.replace("cgroups", "cgroups_relative"), "create; limits; kill KILL; wait; delete");
  }

  private void assertSame(String name, String calls) throws Exception {
    String config = Files.readString(bundle.directory().resolve("config.json"));
    List<String> outcomes = new ArrayList<>();
    for (OciRuntime runtime : runtimes) {
      Files.writeString(bundle.directory().resolve("config.json"), config);
      Files.deleteIfExists(bundle.root().resolve("output"));
      outcomes.add(told(runtime, calls).replace("; ", "\n"));
      runtime.call("delete", "--force", id);
    }
    assertEquals(outcomes.get(0), outcomes.get(1), name);
  }

  private String told(OciRuntime runtime, String calls) throws Exception {
    List<String> outcomes = new ArrayList<>();
    for (String call : calls.split("; ")) {
      outcomes.add(tell(runtime, call.split(" ")));
    }
    return String.join("; ", outcomes);
  }

  /** Gives an order to a runtime, or looks at what it has done. */
  private String tell(OciRuntime runtime, String[] words) throws Exception {
    return switch (words[0]) {
      case "call" -> done(runtime.call(words[1]));
      case "create" -> done(runtime.call("create", "--bundle", bundle.directory().toString(), id));
      case "kill" -> done(runtime.call("kill", id, words[1]));
      case "start", "delete" -> done(runtime.call(words[0], id));
      case "status" -> runtime.call("state", id).status() == 0 ? runtime.status(id) : "none";
      case "wait" -> {
        if (runtime.call("state", id).status() == 0) {
          runtime.await(id, "stopped");
        }
        yield "stopped";
      }
      case "output" -> output(words.length > 1);
      case "rewrite" -> {
        bundle.script("echo changed >>/output").write();
        yield "done";
      }
      case "pidfile" -> pidFile(runtime);
      case "limits" -> limitsOf(runtime.pid(id));
      case "groups" -> Files.exists(Path.of("/sys/fs/cgroup/pids", GROUPS, id)) ? "left" : "gone";
      default -> throw new AssertionError(words[0]);
    };
  }

  private static String done(OciRuntime.Outcome outcome) {
    return outcome.status() == 0 ? "done" : "refused";
  }

  private String output(boolean waits) throws Exception {
    Path output = bundle.root().resolve("output");
    for (int i = 0; waits && i < 200 && (!Files.exists(output) || Files.size(output) == 0); i++) {
      Thread.sleep(50);
    }
    return Files.exists(output) ? Files.readString(output) : "nothing";
  }

  private String pidFile(OciRuntime runtime) throws IOException {
    Path file = directory.resolve("pid");
    String path = bundle.directory().toString();
    runtime.call("create", "--bundle", path, "--pid-file", file.toString(), id).text();
    return Files.readString(file).equals(Integer.toString(runtime.pid(id))) ? "right" : "wrong";
  }

  private static String limitsOf(int pid) throws IOException {
    StringBuilder limits = new StringBuilder();
    for (String line : Files.readAllLines(Path.of("/proc", Integer.toString(pid), "cgroup"))) {
      String[] fields = line.split(":", 3);
      Path groups = Path.of("/sys/fs/cgroup", fields[1].replace("name=", ""), fields[2]);
      // Beside groups of v1 those of v2 limit nothing.
      if (!line.startsWith("0:") || Files.exists(Path.of("/sys/fs/cgroup/cgroup.procs"))) {
        limits.append(fields[1]).append(' ').append(fields[2]).append('\n');
      }
      for (String file : String.join(" ", LIMITS).split(" ")) {
        if (Files.exists(groups.resolve(file))) {
          limits.append(file).append(' ').append(Files.readString(groups.resolve(file)));
        }
      }
    }
    // Which terminals and tunnels a container may open by default is the runtime's to say.
    return limits
        .toString()
        .lines()
        .filter(line -> !line.contains(" 5:1 ") && !line.contains(" 10:200 rwm"))
        .map(line -> line.replace("devices.list ", ""))
        .sorted()
        .collect(Collectors.joining("\n"));
  }
}
