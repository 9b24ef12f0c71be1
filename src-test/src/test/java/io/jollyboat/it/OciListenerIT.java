package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters that tell another process of system calls (config-linux.md, Seccomp). */
@IntegrationTest
class OciListenerIT {
  private static final String REFUSED = "mkdir: can't create directory '/tmp/x': No space left";

  private Path directory;
  private OciRuntime runtime;
  private OciBundle bundle;
  private Process listener;

  @BeforeEach
  void listen(@TempDir Path temporary) throws Exception {
    directory = temporary;
    runtime = new OciRuntime(OciRuntime.program(), temporary);
    bundle = OciBundle.in(Files.createDirectory(temporary.resolve("bundle")));
    Path program = Programs.compile(directory, "listener").path("listener");
    Path socket = directory.resolve("socket");
    listener =
        new ProcessBuilder(program.toString(), socket.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("told").toFile())
            .start();
    for (int i = 0; i < 500 && !Files.exists(socket); i++) {
      Thread.sleep(20);
    }
  }

  @AfterEach
  void end() throws Exception {
    runtime.call("delete", "--force", "box");
    listener.destroyForcibly();
    assertTrue(listener.waitFor(60, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void call_ofTheProgram_isTheListenersToAnswer(String noNewPrivileges) throws Exception {
    filter("mkdir", "mkdirat");
    bundle.process("noNewPrivileges", noNewPrivileges).script("mkdir /tmp/x 2>&1").write();
    OciRuntime.Outcome outcome =
        runtime.call("run", "--bundle", bundle.directory().toString(), "box");
    assertTrue(outcome.out().startsWith(REFUSED), outcome.out() + outcome.err());
    assertTold();
  }

  @Test
  void call_ofAnotherProgram_isTheListenersToAnswer() throws Exception {
    bundle.script("sleep 300").write();
    runtime.call("run", "--detach", "--bundle", bundle.directory().toString(), "box").text();
    // What "create" saved is what "exec" reads.
    filter("mkdir", "mkdirat");
    bundle.write();
    Path saved = directory.resolve("state/box/config.json");
    Files.write(saved, Files.readAllBytes(bundle.directory().resolve("config.json")));
    OciRuntime.Outcome outcome = runtime.call("exec", "box", "mkdir", "/tmp/x");
    assertTrue(outcome.err().startsWith(REFUSED), outcome.out() + outcome.err());
    assertTold();
  }

  @Test
  void filter_thatTellsNobody_isRefused() throws Exception {
    bundle.linux(
        "seccomp",
        "{'defaultAction':'SCMP_ACT_ALLOW',"
            + "'syscalls':[{'names':['mkdir'],'action':'SCMP_ACT_NOTIFY'}]}");
    assertRefused("needs a listenerPath");
  }

  @Test
  void filter_thatKeepsTheListenerFromKnowing_isRefused() throws Exception {
    filter("sendmsg", "mkdir");
    assertRefused("sendmsg cannot be SCMP_ACT_NOTIFY");
  }

  private void filter(String one, String other) {
    bundle.linux(
        "seccomp",
        String.format(
            "{'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'%s','listenerMetadata':'for me',"
                + "'syscalls':[{'names':['%s','%s'],'action':'SCMP_ACT_NOTIFY'}]}",
            directory.resolve("socket"), one, other));
  }

  private void assertTold() throws Exception {
    assertTrue(listener.waitFor(60, TimeUnit.SECONDS));
    String told = Files.readString(directory.resolve("told"));
    assertEquals(0, listener.exitValue(), told);
    assertTrue(told.contains("\"fds\":[\"seccompFd\"]"), told);
    assertTrue(told.contains("\"metadata\":\"for me\""), told);
    assertTrue(told.contains("\"id\":\"box\""), told);
  }

  private void assertRefused(String why) throws IOException {
    bundle.script("true").write();
    OciRuntime.Outcome outcome =
        runtime.call("run", "--bundle", bundle.directory().toString(), "box");
    assertEquals(1, outcome.status());
    assertTrue(outcome.err().contains(why), outcome.err());
  }
}
