package io.jollyboat.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerProcess;
import io.jollyboat.Engine;
import io.jollyboat.ExecSpec;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands beside a container's own, with all their options. */
@IntegrationTest
class ExecIT {
  private static TestStore store;

  private Engine engine;
  private Container container;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @BeforeEach
  void start() {
    engine = store.open();
    container =
        engine.run(
            Specs.busybox()
                .env("OWN", "container")
                .env("BOTH", "container")
                .workdir("/home")
                .command("sleep", "600"));
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  @Test
  void exec_options_areThoseAskedOrTheContainers() throws Exception {
    ContainerProcess process =
        container.exec(
            shell("id -u; id -g; pwd; echo $OWN $BOTH $MORE; echo $HOME")
                .user("7:8")
                .env("BOTH", "exec")
                .env("MORE", "more")
                .workdir("/tmp"));

    assertEquals("7\n8\n/tmp\ncontainer exec more\n", head(text(process.getInputStream()), 4));
    assertEquals(0, process.waitFor());
    assertEquals(
        "0\n0\n/home\ncontainer container\n",
        head(out(shell("id -u; id -g; pwd; echo $OWN $BOTH $MORE")), 4));
  }

  @Test
  void exitValue_ofItsOwn_andNotTheContainers() throws Exception {
    ContainerProcess process = container.exec(shell("exit 9"));

    assertEquals(9, process.waitFor());
    assertEquals(9, process.exitValue());
    assertFalse(process.isAlive());
    assertTrue(container.running());
  }

  @Test
  void exitValue_whileItRuns_isRefused() throws Exception {
    ContainerProcess process = container.exec(ExecSpec.of("sleep", "600"));

    assertThrows(IllegalThreadStateException.class, process::exitValue);
    assertFalse(process.waitFor(10, TimeUnit.MILLISECONDS));
    assertEquals(137, process.destroyForcibly().waitFor());
  }

  @Test
  void streams_areApart() throws Exception {
    ContainerProcess process = container.exec(shell("echo out; echo err >&2"));

    assertEquals("out\n", text(process.getInputStream()));
    assertEquals("err\n", text(process.getErrorStream()));
  }

  @Test
  void stdin_interactive_isReadToItsEnd() throws Exception {
    ContainerProcess process = container.exec(shell("cat; echo end").interactive());
    byte[] much = new byte[1 << 20];
    CompletableFuture<Integer> written =
        CompletableFuture.supplyAsync(() -> write(process.getOutputStream(), much));

    byte[] read = process.getInputStream().readAllBytes();

    assertEquals(much.length, written.get(30, TimeUnit.SECONDS));
    assertEquals(much.length + "end\n".length(), read.length);
    assertEquals(0, process.waitFor());
  }

  @Test
  void stdin_notAskedFor_isEmpty() throws Exception {
    ContainerProcess process = container.exec(shell("cat; echo end"));

    assertEquals("end\n", text(process.getInputStream()));
    assertThrows(IOException.class, () -> process.getOutputStream().write(1));
  }

  @Test
  void output_nobodyReads_isThereAfterTheEnd() throws Exception {
    ContainerProcess process = container.exec(shell("echo kept; exit 3"));

    assertEquals(3, process.waitFor());
    assertEquals("kept\n", text(process.getInputStream()));
  }

  @Test
  void output_ofABackgroundProcess_doesNotKeepTheStreamOpen() throws Exception {
    ContainerProcess process = container.exec(shell("sleep 600 & echo started"));

    assertEquals("started\n", text(process.getInputStream()));
    assertEquals(0, process.waitFor());
  }

  @Test
  void waitFor_interrupted_endsAndTheCommandGoesOn() throws Exception {
    ContainerProcess process = container.exec(ExecSpec.of("sleep", "600"));
    interruptSoon(Thread.currentThread());

    assertThrows(InterruptedException.class, process::waitFor);

    assertTrue(process.isAlive());
    process.destroy();
    assertEquals(143, process.waitFor());
  }

  @Test
  void read_interrupted_ends() throws Exception {
    ContainerProcess process = container.exec(ExecSpec.of("sleep", "600"));
    interruptSoon(Thread.currentThread());

    assertThrows(InterruptedIOException.class, () -> process.getInputStream().read());

    assertTrue(Thread.interrupted());
    process.kill("SIGKILL");
    assertEquals(137, process.waitFor());
  }

  @Test
  void close_whileAnotherThreadReads_endsTheRead() throws Exception {
    ContainerProcess process = container.exec(ExecSpec.of("sleep", "600"));
    InputStream stream = process.getInputStream();
    CompletableFuture<Integer> read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return stream.read();
              } catch (IOException e) {
                return -2;
              }
            });
    Thread.sleep(50);

    stream.close();

    assertEquals(-2, read.get(30, TimeUnit.SECONDS));
    assertEquals(137, process.destroyForcibly().waitFor());
  }

  @Test
  void kill_signal_reachesTheCommandAlone() throws Exception {
    ContainerProcess process =
        container.exec(shell("trap 'exit 5' USR1; echo ready; while :; do sleep 0.1; done"));
    assertEquals('r', process.getInputStream().read());

    process.kill("USR1");

    assertEquals(5, process.waitFor());
    assertTrue(container.running());
  }

  @Test
  void onExit_completesWithTheProcess() throws Exception {
    ContainerProcess process = container.exec(shell("exit 4"));

    assertEquals(4, process.onExit().get(30, TimeUnit.SECONDS).exitValue());
  }

  @Test
  void containerEnds_commandEndsToo() throws Exception {
    ContainerProcess process = container.exec(ExecSpec.of("sleep", "600"));

    container.kill("KILL");

    assertEquals(137, process.waitFor());
    assertThrows(ConflictException.class, () -> container.exec(ExecSpec.of("true")));
  }

  @Test
  void containerClosedWhileExecsStart_eachFailsAloneOrEnds() throws Exception {
    for (int round = 0; round < 5; round++) {
      Container target = engine.run(Specs.busybox().command("sleep", "600"));
      CompletableFuture<Void> execs =
          CompletableFuture.runAsync(
              () -> {
                while (true) {
                  target.exec("true");
                }
              });
      Thread.sleep(20);
      target.close();

      ExecutionException e =
          assertThrows(ExecutionException.class, () -> execs.get(30, TimeUnit.SECONDS));
      assertTrue(
          e.getCause() instanceof ConflictException || e.getCause() instanceof ContainerException,
          String.valueOf(e.getCause()));
    }
  }

  @Test
  void privileged_hasTheRightsThatTheContainerLacks() throws Exception {
    String mount = "mount -t tmpfs none /mnt && echo mounted";

    assertEquals("", out(shell("mkdir -p /mnt; " + mount)));
    assertEquals("mounted\n", out(shell(mount).privileged()));
  }

  @Test
  void missingProgram_isNamedAndNothingIsLeft() {
    ContainerException e =
        assertThrows(ContainerException.class, () -> container.exec(ExecSpec.of("nosuch")));

    Failure.says(e, "nosuch", "PATH", container.name());
  }

  @Test
  void missingUserOrDirectory_isNamed() {
    ContainerException user =
        assertThrows(
            ContainerException.class, () -> container.exec(ExecSpec.of("true").user("nobody2")));
    ContainerException directory =
        assertThrows(
            ContainerException.class,
            () -> container.exec(ExecSpec.of("true").workdir("/no/such")));

    Failure.says(user, "nobody2", "/etc/passwd");
    Failure.says(directory, "/no/such");
  }

  @Test
  void resize_withoutATerminal_isRefused() throws Exception {
    ContainerProcess process = container.exec(ExecSpec.of("true"));

    assertThrows(ConflictException.class, () -> process.resize(10, 10));
    assertEquals(0, process.waitFor());
  }

  @Test
  void descriptors_ofManyCommands_areGivenBack() throws Exception {
    out(ExecSpec.of("true"));
    long before = open();
    for (int i = 0; i < 50; i++) {
      ContainerProcess process = container.exec(ExecSpec.of("true").interactive());
      assertEquals(0, process.waitFor());
    }

    assertEquals(before, open());
  }

  private static long open() throws Exception {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  private static void interruptSoon(Thread thread) {
    CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(thread::interrupt);
  }

  private static int write(OutputStream out, byte[] bytes) {
    try (out) {
      out.write(bytes);
      return bytes.length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String out(ExecSpec spec) throws Exception {
    ContainerProcess process = container.exec(spec);
    String out = text(process.getInputStream());
    process.waitFor();
    return out;
  }

  private static ExecSpec shell(String script) {
    return ExecSpec.of("sh", "-c", script);
  }

  private static String head(String text, int lines) {
    return String.join("\n", text.lines().limit(lines).toList()) + "\n";
  }

  private static String text(InputStream in) throws Exception {
    return new String(in.readAllBytes(), UTF_8);
  }
}
