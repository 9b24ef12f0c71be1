package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a container under the OCI runtime (runtime.md of the specification). */
@IntegrationTest
class OciRuntimeIT {
  private Path directory;
  private OciRuntime runtime;
  private OciBundle bundle;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    directory = temporary;
    runtime = new OciRuntime(OciRuntime.program(), temporary);
    bundle = OciBundle.in(Files.createDirectory(temporary.resolve("bundle")));
  }

  @AfterEach
  void deleteWhatIsLeft() throws IOException {
    for (String id : runtime.call("list", "--quiet").text().lines().toList()) {
      runtime.call("delete", "--force", id).text();
    }
  }

  @Test
  void lifecycle_fromCreateToDelete_hasTheStatesOfTheSpecification() throws Exception {
    bundle.script("echo started > /started; exec sleep 1000").write();
    Path pidFile = directory.resolve("pid");

    create("box", "--pid-file", pidFile.toString());
    String state = runtime.call("state", "box").text();
    assertTrue(state.contains("\"ociVersion\" : \"1.2.0\""), state);
    assertTrue(state.contains("\"id\" : \"box\""), state);
    assertTrue(state.contains("\"bundle\" : \"" + bundle.directory() + "\""), state);
    assertEquals("created", runtime.status("box"));
    assertEquals(Integer.toString(runtime.pid("box")), Files.readString(pidFile));
    assertFalse(Files.exists(bundle.root().resolve("started")), "the program waits");

    runtime.call("start", "box").text();
    assertEquals("running", runtime.status("box"));
    assertTrue(runtime.call("list").text().contains("box"));

    runtime.call("kill", "box", "KILL").text();
    runtime.await("box", "stopped");
    assertTrue(Files.exists(bundle.root().resolve("started")));

    runtime.call("delete", "box").text();
    assertFails("does not exist", "state", "box");
  }

  @Test
  void create_inAScopeWhereSystemdDoesNotRun_isRefused() throws Exception {
    assertFalse(Files.exists(Path.of("/run/systemd/system")), "see OciSystemdScopes");
    bundle.script("exec sleep 1000").write();
    List<String> line = new ArrayList<>(runtime.line("--systemd-cgroup"));
    line.addAll(List.of("create", "--bundle", bundle.directory().toString(), "box"));
    assertEquals(1, runtime.call(line).status());
    assertTrue(runtime.log().contains("use the cgroupfs manager"), runtime.log());
    assertEquals("", runtime.call("list", "--quiet").text());
  }

  @Test
  void created_process_belongsToNoProcessOfTheRuntime() throws Exception {
    bundle.script("exec sleep 1000").write();
    create("box");
    String parent =
        Files.readAllLines(Path.of("/proc/" + runtime.pid("box") + "/status")).stream()
            .filter(line -> line.startsWith("PPid:"))
            .findFirst()
            .orElseThrow()
            .replaceAll("\\D", "");
    String command = Files.readString(Path.of("/proc/" + parent + "/cmdline"));
    assertFalse(command.contains("jollyboat") || command.contains("java"), command);
  }

  @Test
  void operations_inTheWrongState_failAndChangeNothing() throws Exception {
    bundle.script("exec sleep 1000").write();
    assertFails("does not exist", "start", "box");
    assertFails("does not exist", "kill", "box");
    assertFails("does not exist", "delete", "box");
    create("box");
    assertFails("exists already", "create", "--bundle", bundle.directory().toString(), "box");
    assertFails("not stopped", "delete", "box");
    assertFails("is created, not paused", "resume", "box");
    assertEquals("created", runtime.status("box"));
    runtime.call("start", "box").text();
    assertFails("is running, not created", "start", "box");
    assertFails("not stopped", "delete", "box");
    assertEquals("running", runtime.status("box"));
    runtime.call("kill", "box", "9").text();
    runtime.await("box", "stopped");
    assertFails("container not running", "kill", "box", "9");
    assertFails("is stopped, not created", "start", "box");
    assertFails("stopped container", "exec", "box", "true");
  }

  @Test
  void create_thatFails_leavesNothing() throws Exception {
    bundle
        .script("true")
        .linux("maskedPaths", "['/proc/kcore']")
        .top("root", "{'path':'no'}")
        .write();
    assertFails("no", "create", "--bundle", bundle.directory().toString(), "box");
    assertEquals("", runtime.call("list", "--quiet").text());
    assertTrue(runtime.log().contains("\"level\":\"error\""), runtime.log());
  }

  @Test
  void create_ofAMissingProgram_saysStepAndReasonInLogAndOnStandardError() throws Exception {
    String reason = "execute missing: ENOENT (no such file or directory)";
    bundle.process("args", "['missing']").write();
    assertFails(reason, "create", "--bundle", bundle.directory().toString(), "box");
    assertTrue(runtime.log().contains(reason), runtime.log());
    assertEquals("", runtime.call("list", "--quiet").text());
  }

  @Test
  void start_ofAProgramThatIsNone_saysStepAndReasonInLogAndOnStandardError() throws Exception {
    String reason = "execute /etc/text: ENOEXEC (exec format error)";
    Path text = Files.writeString(bundle.root().resolve("etc/text"), "text");
    assertTrue(text.toFile().setExecutable(true, false));
    bundle.process("args", "['/etc/text']").write();
    create("box");
    assertFails(reason, "start", "box");
    assertTrue(runtime.log().contains(reason), runtime.log());
    runtime.await("box", "stopped");
  }

  @Test
  void create_withABadConfiguration_namesTheField() throws Exception {
    bundle.script("true").linux("intelRdt", "{'closID':'x'}").write();
    assertFails("linux.intelRdt", "create", "--bundle", bundle.directory().toString(), "box");
  }

  @Test
  void run_aProgram_givesItsOutputAndStatusAndLeavesNothing() throws Exception {
    bundle.script("echo out; echo err >&2; exit 7").write();
    OciRuntime.Outcome outcome = run("box");
    assertEquals(7, outcome.status());
    assertEquals("out\n", outcome.out());
    assertEquals("err\n", outcome.err());
    assertEquals("", runtime.call("list", "--quiet").text());
  }

  @Test
  void run_aProgramThatIsKilled_givesTheSignal() throws Exception {
    bundle.script("kill -9 $$").linux("namespaces", "[{'type':'mount'}]").write();
    assertEquals(128 + 9, run("box").status());
  }

  @Test
  void hooks_ofEveryKind_runInOrderWithTheStateInTheirNamespaces() throws Exception {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    bundle
        .script("echo program >> /shared/order; exec sleep 1000")
        .mount(
            "{'destination':'/shared','type':'bind','source':'" + shared + "','options':['rbind']}")
        .top(
            "hooks",
            "{"
                + hook("prestart", shared, "")
                + ","
                + hook("createRuntime", shared, "")
                + ","
                + hook("createContainer", shared, "")
                + ","
                + hook("startContainer", Path.of("/shared"), "")
                + ","
                + hook("poststart", shared, "")
                + ","
                + hook("poststop", shared, "")
                + "}")
        .write();
    String own = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")).toString();

    create("box");
    assertEquals("prestart\ncreateRuntime\ncreateContainer\n", order(shared));
    runtime.call("start", "box").text();
    awaitLines(shared, 6);
    List<String> started = order(shared).lines().toList();
    assertEquals("startContainer", started.get(3));
    assertEquals(List.of("poststart", "program"), started.subList(4, 6).stream().sorted().toList());
    runtime.call("delete", "--force", "box").text();
    assertTrue(order(shared).endsWith("poststop\n"));

    for (String kind : List.of("prestart", "createRuntime", "poststart", "poststop")) {
      assertEquals(own, read(shared, kind + ".ns"), kind);
    }
    for (String kind : List.of("createContainer", "startContainer")) {
      assertNotEquals(own, read(shared, kind + ".ns"), kind);
    }
    assertEquals(read(shared, "createContainer.ns"), read(shared, "startContainer.ns"));
    assertState(shared, "prestart", "creating");
    assertState(shared, "createContainer", "creating");
    assertState(shared, "startContainer", "created");
    assertState(shared, "poststart", "running");
    assertState(shared, "poststop", "stopped");
    assertEquals("given", read(shared, "startContainer.env"));
    assertEquals("arg0", read(shared, "prestart.arg"));
    assertEquals("arg0", read(shared, "createContainer.arg"));
  }

  @Test
  void hook_thatFailsBeforeTheStart_failsTheOperationAndLeavesNothing() throws Exception {
    for (String kind : List.of("prestart", "createRuntime", "createContainer")) {
      bundle.script("true").top("hooks", "{" + failing(kind) + "}").write();
      OciRuntime.Outcome outcome =
          runtime.call("create", "--bundle", bundle.directory().toString(), "box");
      assertEquals(1, outcome.status(), kind);
      assertTrue(outcome.err().contains("exit status 3"), outcome.err());
      assertTrue(outcome.err().contains("said why"), outcome.err());
      assertEquals("", runtime.call("list", "--quiet").text());
    }
    bundle.script("true").top("hooks", "{" + failing("startContainer") + "}").write();
    create("box");
    assertFails("exit status 3", "start", "box");
    runtime.await("box", "stopped");
  }

  @Test
  void hook_thatFailsAfterTheStart_isAWarning() throws Exception {
    bundle
        .script("exec sleep 1000")
        .top("hooks", "{" + failing("poststart") + "," + failing("poststop") + "}")
        .write();
    create("box");
    runtime.call("start", "box").text();
    assertEquals("running", runtime.status("box"));
    assertTrue(runtime.log().contains("poststart hook /bin/sh: exit status 3"), runtime.log());
    runtime.call("delete", "--force", "box").text();
    assertTrue(runtime.log().contains("poststop hook /bin/sh: exit status 3"), runtime.log());
  }

  @Test
  void hook_thatTakesTooLong_fails() throws Exception {
    bundle
        .script("true")
        .top(
            "hooks",
            "{'createRuntime':[{'path':'/bin/sleep','args':['sleep','1000'],'timeout':1}]}")
        .write();
    assertFails(
        "not done after 1 seconds", "create", "--bundle", bundle.directory().toString(), "box");
  }

  @Test
  void pause_stopsEverything_andAPausedContainerCanBeKilled() throws Exception {
    bundle.script("while true; do echo x >> /ticks; usleep 1000; done").write();
    create("box");
    runtime.call("start", "box").text();
    runtime.call("pause", "box").text();
    assertEquals("paused", runtime.status("box"));
    Path ticks = bundle.root().resolve("ticks");
    long size = Files.exists(ticks) ? Files.size(ticks) : 0;
    assertFails("paused container", "exec", "box", "true");
    assertEquals(size, Files.exists(ticks) ? Files.size(ticks) : 0);
    runtime.call("resume", "box").text();
    assertEquals("running", runtime.status("box"));
    runtime.call("pause", "box").text();
    runtime.call("kill", "box", "KILL").text();
    runtime.await("box", "stopped");
  }

  @Test
  void exec_inARunningContainer_sharesItAndHasItsOwnStatus() throws Exception {
    bundle.script("exec sleep 1000").process("env", "['PATH=/bin','FROM=config']").write();
    create("box");
    runtime.call("start", "box").text();
    String ids = "id -u; id -g; pwd; echo $FROM $MORE; cat /proc/1/comm; exit 5";
    OciRuntime.Outcome outcome =
        runtime.call(
            "exec", "--user", "7:8", "--cwd", "/tmp", "--env", "MORE=more", "box", "sh", "-c", ids);
    assertEquals(5, outcome.status(), outcome.err());
    assertEquals("7\n8\n/tmp\nconfig more\nsleep\n", outcome.out());

    Path pidFile = directory.resolve("exec.pid");
    Path process = directory.resolve("process.json");
    Files.writeString(
        process,
        "{\"args\":[\"sleep\",\"999\"],\"cwd\":\"/\",\"env\":[\"PATH=/bin\"],\"user\":{\"uid\":3,\"gid\":3}}");
    runtime
        .call(
            "exec",
            "--process",
            process.toString(),
            "--detach",
            "--pid-file",
            pidFile.toString(),
            "box")
        .text();
    String pid = Files.readString(pidFile);
    assertTrue(Files.readString(Path.of("/proc/" + pid + "/cmdline")).contains("999"));
    assertTrue(runtime.call("ps", "--format", "json", "box").text().contains(pid));
    assertTrue(runtime.call("ps", "box").text().contains("sleep 999"));
    runtime.call("kill", "--all", "box", "KILL").text();
    runtime.await("box", "stopped");
    assertFalse(Files.exists(Path.of("/proc/" + pid)));
  }

  @Test
  void exec_withAnAffinity_runsOnThoseProcessorsOnly() throws Exception {
    bundle
        .script("exec sleep 1000")
        .process("execCPUAffinity", "{'initial':'0-1','final':'0'}")
        .write();
    create("box");
    runtime.call("start", "box").text();
    assertEquals(
        "Cpus_allowed_list:\t0\n",
        runtime.call("exec", "box", "grep", "Cpus_allowed_list", "/proc/self/status").text());
  }

  @Test
  void exec_ofAMissingProgram_saysSo() throws Exception {
    bundle.script("exec sleep 1000").write();
    create("box");
    runtime.call("start", "box").text();
    assertFails("execute missing: ENOENT", "exec", "box", "missing");
  }

  @Test
  void update_changesLimits_andEventsCountWhatIsUsed() throws Exception {
    bundle.script("exec sleep 1000").linux("cgroupsPath", "'/jollyboat-it/limits'").write();
    create("box");
    runtime.call("start", "box").text();
    runtime.call("update", "--pids-limit", "17", "--memory", "67108864", "box").text();
    assertTrue(runtime.call("events", "--stats", "box").text().contains("\"limit\":67108864"));
    Path limits = directory.resolve("limits.json");
    Files.writeString(limits, "{\"pids\":{\"limit\":18}}");
    runtime.call("update", "--resources", limits.toString(), "box").text();
    String events = runtime.call("events", "--stats", "box").text();
    assertTrue(events.contains("\"pids\":{\"current\":1,\"limit\":18}"), events);
    assertTrue(events.startsWith("{\"type\":\"stats\",\"id\":\"box\",\"data\":{\"cpu\""), events);
    runtime.call("delete", "--force", "box").text();
    removeParents("jollyboat-it");
  }

  @Test
  void delete_whereTheWorkingDirectoryIsGone_works() throws Exception {
    Path gone = directory.resolve("gone");
    String script = "mkdir " + gone + " && cd " + gone + " && rmdir " + gone + "; exec \"$@\"";
    List<String> line = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    line.addAll(runtime.line("delete", "--force", "none"));
    assertEquals(0, runtime.call(line).status());
  }

  @Test
  void features_andVersion_areTold() throws Exception {
    String features = runtime.call("features").text();
    assertTrue(features.contains("\"ociVersionMax\" : \"1.2.0\""), features);
    assertTrue(features.contains("\"createContainer\""), features);
    assertTrue(runtime.call("--version").text().contains("spec: 1.2.0"));
  }

  @Test
  void spec_isAConfigurationThatRuns() throws Exception {
    runtime.call("spec", "--bundle", bundle.directory().toString()).text();
    Path file = bundle.directory().resolve("config.json");
    String config = Files.readString(file);
    Files.writeString(
        file,
        config
            .replace("\"terminal\" : true", "\"terminal\" : false")
            .replace("[ \"sh\" ]", "[ \"/bin/echo\", \"runs\" ]"));
    assertEquals("runs\n", run("box").text());
    assertFails("exists", "spec", "--bundle", bundle.directory().toString());
  }

  private void create(String id, String... flags) throws IOException {
    List<String> words = new java.util.ArrayList<>(List.of("create"));
    words.addAll(List.of("--bundle", bundle.directory().toString()));
    words.addAll(List.of(flags));
    words.add(id);
    runtime.call(words.toArray(String[]::new)).text();
  }

  private OciRuntime.Outcome run(String id) throws IOException {
    return runtime.call("run", "--bundle", bundle.directory().toString(), id);
  }

  private void assertFails(String why, String... words) throws IOException {
    OciRuntime.Outcome outcome = runtime.call(words);
    assertEquals(1, outcome.status(), List.of(words) + outcome.err());
    assertTrue(outcome.err().contains(why), outcome.err());
  }

  private static String hook(String kind, Path shared, String more) {
    String script =
        "cat > D/K.state; readlink /proc/self/ns/mnt > D/K.ns; echo K >> D/order;"
            + " echo -n $GIVEN > D/K.env; echo -n $0 > D/K.arg; "
            + more;
    String text = script.replace("D", shared.toString()).replace("K", kind);
    return "'"
        + kind
        + "':[{'path':'/bin/sh','args':['sh','-c','"
        + text
        + "','arg0'],'env':['PATH=/bin:/usr/bin','GIVEN=given']}]";
  }

  private static String failing(String kind) {
    return "'" + kind + "':[{'path':'/bin/sh','args':['sh','-c','echo said why; exit 3']}]";
  }

  private static String order(Path shared) throws IOException {
    return Files.readString(shared.resolve("order"));
  }

  private static void awaitLines(Path shared, int lines) throws Exception {
    for (int i = 0; i < 200 && order(shared).lines().count() < lines; i++) {
      Thread.sleep(20);
    }
  }

  private static String read(Path shared, String name) throws IOException {
    return Files.readString(shared.resolve(name)).strip();
  }

  private static void assertState(Path shared, String kind, String status) throws IOException {
    String state = read(shared, kind + ".state");
    assertTrue(state.contains("\"status\":\"" + status + "\""), kind + state);
    assertTrue(state.contains("\"id\":\"box\""), state);
    assertTrue(status.equals("stopped") || state.matches(".*\"pid\":[1-9].*"), state);
  }

  /** Groups above a container's own belong to who chose the path. */
  private static void removeParents(String name) throws IOException {
    try (var hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
      for (Path hierarchy : hierarchies.toList()) {
        Files.deleteIfExists(hierarchy.resolve(name));
      }
    }
    Files.deleteIfExists(Path.of("/sys/fs/cgroup", name));
  }
}
