package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container or program that the caller waits for: its signals, terminal and descriptors. */
@IntegrationTest
class OciForegroundIT {
  private Path directory;
  private OciRuntime runtime;
  private OciBundle bundle;
  private String id;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    directory = temporary;
    runtime = new OciRuntime(OciRuntime.program(), temporary);
    bundle = OciBundle.in(Files.createDirectory(temporary.resolve("bundle")));
    id = "jollyboat-foreground-" + ProcessHandle.current().pid();
    bundle.linux("cgroupsPath", "'/" + id + "'");
  }

  @AfterEach
  void deleteWhatIsLeft() throws IOException {
    runtime.call("delete", "--force", id);
  }

  @Test
  void run_everySignalButKillAndStop_isThePrograms() throws Exception {
    List<String> signals =
        List.of("1", "2", "3", "6", "10", "11", "12", "13", "15", "18", "20", "28", "64");
    StringBuilder traps = new StringBuilder();
    signals.forEach(signal -> traps.append("trap \"echo " + signal + "\" " + signal + "; "));
    bundle.script(traps + "trap \"exit 7\" 40; echo up; while true; do sleep 0.02; done").write();
    Path out = directory.resolve("signals");
    Process process = start(out, run());
    await(out, "up");
    awaitFollower(process);
    for (String signal : signals) {
      Command.run(Duration.ofSeconds(20), "kill", "-" + signal, Long.toString(process.pid()));
      await(out, signal);
    }
    assertEquals("up\n" + String.join("\n", signals) + "\n", Files.readString(out));
    Command.run(Duration.ofSeconds(20), "kill", "-40", Long.toString(process.pid()));
    assertEquals(7, end(process));
    assertFalse(runtime.call("list", "--quiet").text().contains(id));
  }

  @Test
  void run_thatIsKilled_leavesTheContainer() throws Exception {
    bundle.script("echo up; sleep 300").write();
    Path out = directory.resolve("killed");
    Process process = start(out, run());
    await(out, "up");
    process.destroyForcibly();
    end(process);
    assertEquals("running", runtime.status(id));
  }

  @Test
  void create_thatIsEnded_leavesNothing() throws Exception {
    Path began = directory.resolve("began");
    String hook = "{'path':'/bin/sh','args':['sh','-c','echo x >" + began + "; sleep 20']}";
    bundle.top("hooks", "{'createRuntime':[" + hook + "]}").script("sleep 300").write();
    Process process = start(directory.resolve("ended"), run());
    for (int i = 0; i < 1000 && !Files.exists(began); i++) {
      Thread.sleep(20);
    }
    process.destroy();
    end(process);
    assertFalse(runtime.call("list", "--quiet").text().contains(id));
    for (String hierarchy : List.of("", "pids", "memory")) {
      assertFalse(Files.exists(Path.of("/sys/fs/cgroup", hierarchy, id)), hierarchy);
    }
  }

  @Test
  void groups_ofOthers_stayWithWhatIsInThem() throws Exception {
    Path top = Path.of("/sys/fs/cgroup");
    boolean unified = Files.exists(top.resolve("cgroup.procs"));
    Path group = Files.createDirectory((unified ? top : top.resolve("pids")).resolve(id));
    Process other = new ProcessBuilder("sleep", "300").start();
    try {
      Files.writeString(group.resolve("cgroup.procs"), Long.toString(other.pid()));
      running();
      runtime.call("kill", "--all", id, "KILL").text();
      runtime.await(id, "stopped");
      runtime.call("delete", id).text();
      assertTrue(other.isAlive());
      assertTrue(Files.isDirectory(group));
    } finally {
      other.destroyForcibly().waitFor();
      removeGroups();
    }
  }

  @Test
  void groups_thatCannotBe_leaveNoContainer() throws Exception {
    bundle.linux("cgroupsPath", "'../../x'").script("true").write();
    assertEquals(1, runtime.call(run()).status());
    assertFalse(runtime.call("list", "--quiet").text().contains(id));
  }

  /** In those of other hierarchies the container was alone, but they are as those of the others. */
  private void removeGroups() throws Exception {
    try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
      for (Path hierarchy : hierarchies.filter(Files::isDirectory).toList()) {
        Files.deleteIfExists(hierarchy.resolve(id));
      }
    }
    Files.deleteIfExists(Path.of("/sys/fs/cgroup", id));
  }

  @Test
  void run_withATerminal_joinsItToTheCallers() throws Exception {
    bundle
        .process("terminal", "true")
        .script("stty size; tty | grep -c /dev/pts; read word; echo \"got $word\"; exit 5")
        .write();
    OciRuntime.Outcome outcome = runtime.call(onTerminal("hello", run()));
    assertEquals(5, outcome.status(), outcome.err());
    assertEquals("33 77\n1\nhello\ngot hello\n", outcome.out().replace("\r", ""));
  }

  @Test
  void exec_withATerminal_joinsItToTheCallers() throws Exception {
    running();
    String script = "read word; echo \"got $word\"; exit 6";
    OciRuntime.Outcome outcome =
        runtime.call(onTerminal("hello", runtime.line("exec", "--tty", id, "sh", "-c", script)));
    assertEquals(6, outcome.status(), outcome.err());
    assertEquals("hello\ngot hello\n", outcome.out().replace("\r", ""));
  }

  @Test
  void exec_signals_areThePrograms() throws Exception {
    running();
    Path out = directory.resolve("exec");
    String script = "trap \"echo got; exit 4\" USR1; echo up; while true; do sleep 0.02; done";
    Process process = start(out, runtime.line("exec", id, "sh", "-c", script));
    await(out, "up");
    awaitFollower(process);
    Command.run(Duration.ofSeconds(20), "kill", "-USR1", Long.toString(process.pid()));
    assertEquals(4, end(process));
    assertEquals("up\ngot\n", Files.readString(out));
    assertEquals("running", runtime.status(id));
  }

  @Test
  void terminal_whereNobodyWaits_needsAPlace() throws Exception {
    bundle.process("terminal", "true").script("true").write();
    OciRuntime.Outcome outcome =
        runtime.call("run", "--detach", "--bundle", bundle.directory().toString(), id);
    assertEquals(1, outcome.status());
    assertTrue(outcome.err().contains("--console-socket"), outcome.err());
  }

  @Test
  void descriptors_preserved_areThePrograms() throws Exception {
    bundle.script("cat <&3; cat <&4; ls /proc/self/fd | wc -l; sleep 0").write();
    Path one = Files.writeString(directory.resolve("one"), "first\n");
    Path two = Files.writeString(directory.resolve("two"), "second\n");
    String redirected = "exec 3<" + one + " 4<" + two + " 5</dev/null; exec \"$@\"";
    List<String> call = run("--preserve-fds", "2");
    // 0 to 4, and the one that ls reads the directory by; the fifth of the caller is not there.
    assertEquals("first\nsecond\n6\n", runtime.call(in(redirected, call)).text());
  }

  @Test
  void descriptors_ofTheListeningProtocol_areTold() throws Exception {
    bundle.script("cat <&3; echo $LISTEN_FDS $LISTEN_PID").write();
    Path one = Files.writeString(directory.resolve("one"), "socket\n");
    String redirected = "exec 3<" + one + "; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$@\"";
    assertEquals("socket\n1 1\n", runtime.call(in(redirected, run())).text());
  }

  @Test
  void descriptors_thatAreNotOpen_areRefused() throws Exception {
    bundle.script("true").write();
    OciRuntime.Outcome outcome = runtime.call(run("--preserve-fds", "1"));
    assertEquals(1, outcome.status());
    assertTrue(outcome.err().contains("descriptor 3 is not open"), outcome.err());
  }

  @Test
  void exec_withDescriptors_hasThem() throws Exception {
    running();
    Path one = Files.writeString(directory.resolve("one"), "first\n");
    List<String> call = runtime.line("exec", "--preserve-fds", "1", id, "sh", "-c", "cat <&3");
    assertEquals("first\n", runtime.call(in("exec 3<" + one + "; exec \"$@\"", call)).text());
  }

  @Test
  void exec_inAGroupBelowTheContainers_isThere() throws Exception {
    running();
    Path top = Path.of("/sys/fs/cgroup");
    boolean unified = Files.exists(top.resolve("cgroup.procs"));
    Path group = (unified ? top : top.resolve("pids")).resolve(id).resolve("inner");
    Files.createDirectory(group);
    try {
      String flag = unified ? "inner" : "pids:inner";
      String seen = runtime.call("exec", "--cgroup", flag, id, "cat", "/proc/self/cgroup").text();
      assertTrue(seen.contains(unified ? "0::/inner\n" : ":pids:/inner\n"), seen);
    } finally {
      Files.delete(group);
    }
    OciRuntime.Outcome missing = runtime.call("exec", "--cgroup", "none", id, "true");
    assertEquals(1, missing.status());
    assertTrue(missing.err().contains("there is no cgroup \"none\""), missing.err());
  }

  private void running() throws Exception {
    bundle.script("sleep 300").write();
    runtime.call("run", "--detach", "--bundle", bundle.directory().toString(), id).text();
  }

  private List<String> run(String... flags) {
    List<String> line = new ArrayList<>(runtime.line("run"));
    line.addAll(List.of(flags));
    line.addAll(List.of("--bundle", bundle.directory().toString(), id));
    return line;
  }

  /** A shell that does something first and then becomes the call. */
  private static List<String> in(String script, List<String> call) {
    List<String> line = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    line.addAll(call);
    return line;
  }

  /** On a terminal of 33 rows and 77 columns, at which somebody types a line. */
  private List<String> onTerminal(String typed, List<String> call) throws IOException {
    Path script = directory.resolve("typed");
    String words = "'" + String.join("' '", call) + "'";
    Files.writeString(script, "stty rows 33 cols 77 -echo\nexec " + words + "\n");
    String terminal =
        "{ sleep 3; echo " + typed + "; sleep 1; } | script -qec \"sh " + script + "\" /dev/null";
    return List.of("bash", "-c", terminal + "; exit ${PIPESTATUS[1]}");
  }

  private static Process start(Path out, List<String> line) throws IOException {
    return new ProcessBuilder(line)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(out.toFile())
        .redirectErrorStream(true)
        .start();
  }

  private static void await(Path out, String line) throws Exception {
    for (int i = 0; i < 1000 && !Files.readString(out).contains(line + "\n"); i++) {
      Thread.sleep(20);
    }
    assertTrue(Files.readString(out).contains(line + "\n"), Files.readString(out));
  }

  /** The runtime has nothing more to do than to wait. */
  private static void awaitFollower(Process process) throws Exception {
    Path words = Path.of("/proc", Long.toString(process.pid()), "cmdline");
    for (int i = 0; i < 1000 && !Files.readString(words).contains("follow"); i++) {
      Thread.sleep(20);
    }
  }

  private static int end(Process process) throws Exception {
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "does not end");
    return process.exitValue();
  }
}
