package io.jollyboat.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Attachment;
import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerProcess;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExecSpec;
import io.jollyboat.IdMap;
import io.jollyboat.Image;
import io.jollyboat.Wait;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Terminals of containers and of commands in them, and whoever attaches to them. */
@IntegrationTest
class TerminalIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static TestStore store;

  private Engine engine;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @BeforeEach
  void open() {
    engine = store.open();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void container_onATerminal_hasOneOnAllStreams() {
    Result result =
        Result.of(
            engine,
            terminal(
                "test -t 0 && test -t 1 && test -t 2 && tty; stat -c %t:%T /dev/console;"
                    + " echo $TERM; echo error >&2"));

    assertEquals("/dev/pts/0\r\n88:0\r\nxterm\r\nerror\r\n", result.out());
    assertEquals("", result.err());
  }

  @Test
  void container_withoutATerminal_hasNoTerm() {
    assertEquals(
        "[]\n",
        Result.sh(engine, Specs.busybox(), "test -t 1 || echo [$TERM]; test ! -e /dev/console"));
  }

  @Test
  void container_terminal_isItsControllingOne() {
    Result result =
        Result.of(engine, terminal("echo direct > /dev/tty; ps -o pid,tty,sid | grep -c ps"));

    assertTrue(result.out().startsWith("direct\r\n"), result.out());
  }

  @Test
  void container_terminalOfAUser_isTheUsers() {
    Result result =
        Result.of(engine, terminal("echo mine > $(tty); stat -c %u $(tty)").user("12:34"));

    assertEquals("mine\r\n12\r\n", result.out());
  }

  @Test
  void size_isSetFromOutsideAndTold() throws Exception {
    String script = "trap 'stty size; exit' WINCH; stty size; while :; do sleep 0.1; done";
    try (Container container = engine.run(terminal(script).readyWhen(Wait.forLog("24 80")))) {
      container.resize(40, 132);

      assertEquals(0, container.awaitExit(LIMIT).code());
      assertEquals("24 80\r\n40 132\r\n", container.logs());
    }
  }

  @Test
  void resize_withoutATerminal_isRefused() {
    try (Container container = engine.run(Specs.busybox().command("sleep", "600"))) {
      assertThrows(ConflictException.class, () -> container.resize(10, 10));
    }
  }

  @Test
  void input_isEchoedAndEditedByTheTerminal() throws Exception {
    try (Container container = engine.run(terminal("read line; echo got $line").interactive())) {
      container.stdin().write("wrong\025right\n".getBytes(UTF_8)); // ^U
      container.stdin().flush();

      assertEquals(0, container.awaitExit(LIMIT).code());
      assertTrue(container.logs().endsWith("got right\r\n"), container.logs());
      assertTrue(container.logs().contains("wrong"), container.logs());
    }
  }

  @Test
  void controlC_interruptsTheForeground() throws Exception {
    try (Container container =
        engine.run(
            terminal("trap 'exit 130' INT; echo ready; while :; do sleep 0.1; done")
                .interactive()
                .readyWhen(Wait.forLog("ready")))) {
      container.stdin().write(3);

      assertEquals(130, container.awaitExit(LIMIT).code());
      assertTrue(container.logs().contains("^C"), container.logs());
    }
  }

  @Test
  void controlD_endsTheInput() throws Exception {
    try (Container container = engine.run(terminal("cat; echo end").interactive())) {
      container.stdin().write("text\n\004".getBytes(UTF_8));

      assertEquals(0, container.awaitExit(LIMIT).code());
      assertEquals("text\r\ntext\r\nend\r\n", container.logs());
    }
  }

  @Test
  void closedInput_ofATerminal_endsNothing() throws Exception {
    try (Container container = engine.run(terminal("cat").interactive())) {
      container.stdin().close();

      assertTrue(container.running());
      container.kill("KILL");
      assertEquals(137, container.awaitExit(LIMIT).code());
    }
  }

  @Test
  void output_nobodyReads_blocksNothing() {
    try (Container container =
        engine.run(terminal("head -c 300000 /dev/zero | tr '\\0' x; exit 6"))) {
      assertEquals(6, container.awaitExit(LIMIT).code());
      assertEquals(300000, container.logs().length());
    }
  }

  @Test
  void terminalAndInit_programLeadsTheSession() throws Exception {
    try (Container container =
        engine.run(
            terminal("echo ready; sleep 600")
                .init()
                .interactive()
                .readyWhen(Wait.forLog("ready")))) {
      container.stdin().write(3);

      assertEquals(130, container.awaitExit(LIMIT).code());
    }
  }

  @Test
  void attach_givesWhatComesFromNowOn() throws Exception {
    try (Container container =
        engine.run(
            Specs.busybox()
                .interactive()
                .command("sh", "-c", "echo before; read x; echo $x; echo bad >&2; read y; exit 3")
                .readyWhen(Wait.forLog("before")))) {
      try (Attachment attached = container.attach()) {
        attached.stdin().write("after\n".getBytes(UTF_8));
        attached.stdin().flush();
        assertEquals("after\n", new String(attached.stdout().readNBytes(6), UTF_8));
        assertEquals("bad\n", new String(attached.stderr().readNBytes(4), UTF_8));
      }
      assertTrue(container.running());

      Attachment second = container.attach();
      second.stdin().write("end\n".getBytes(UTF_8));
      assertEquals("", new String(second.stdout().readAllBytes(), UTF_8));
      assertEquals(3, container.awaitExit(LIMIT).code());
    }
  }

  @Test
  void attach_closedWhileAnotherThreadReads_endsTheRead() throws Exception {
    try (Container container = engine.run(Specs.busybox().command("sleep", "600"))) {
      Attachment attached = container.attach();
      CompletableFuture<Integer> read =
          CompletableFuture.supplyAsync(() -> read(attached.stdout()));
      Thread.sleep(50);

      attached.close();

      assertEquals(-2, read.get(30, TimeUnit.SECONDS));
      assertTrue(container.running());
    }
  }

  @Test
  void attach_toATerminal_isItsScreenAndKeyboard() throws Exception {
    try (Container container =
            engine.run(terminal("while read x; do echo [$x]; done").interactive());
        Attachment attached = container.attach()) {
      attached.stdin().write("hello\n".getBytes(UTF_8));

      assertEquals("hello\r\n[hello]\r\n", new String(attached.stdout().readNBytes(16), UTF_8));
      assertEquals(-1, attached.stderr().read());
    }
  }

  @Test
  void attach_withoutInput_saysWhatToAdd() {
    try (Container container = engine.run(Specs.busybox().command("sleep", "600"));
        Attachment attached = container.attach()) {
      Failure.says(assertThrows(ConflictException.class, attached::stdin), "interactive()");
    }
  }

  @Test
  void exec_onATerminal_hasItsOwn() throws Exception {
    try (Container container = engine.run(terminal("sleep 600"))) {
      ContainerProcess process =
          container.exec(
              ExecSpec.of("sh", "-c", "tty; stty size; echo $TERM; echo err >&2; exit 3")
                  .tty(30, 90));

      assertEquals("/dev/pts/1\r\n30 90\r\nxterm\r\nerr\r\n", text(process.getInputStream()));
      assertEquals("", text(process.getErrorStream()));
      assertEquals(3, process.waitFor());
    }
  }

  @Test
  void exec_terminal_canBeResizedAndInterrupted() throws Exception {
    try (Container container = engine.run(Specs.busybox().command("sleep", "600"))) {
      ContainerProcess process =
          container.exec(
              ExecSpec.of(
                      "sh", "-c", "trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done")
                  .tty()
                  .interactive());
      InputStream screen = process.getInputStream();
      assertEquals("ready\r\n", new String(screen.readNBytes(7), UTF_8));

      process.resize(50, 100);
      assertEquals("50 100\r\n", new String(screen.readNBytes(8), UTF_8));

      OutputStream keyboard = process.getOutputStream();
      keyboard.write(3);
      assertEquals(130, process.waitFor());
    }
  }

  @Test
  void exec_terminalOfAnotherUser_isThatUsers() throws Exception {
    try (Container container = engine.run(Specs.busybox().command("sleep", "600"))) {
      ContainerProcess process =
          container.exec(ExecSpec.of("sh", "-c", "stat -c %u $(tty)").user("12").tty());

      assertEquals("12\r\n", text(process.getInputStream()));
    }
  }

  @Test
  void sandbox_onATerminal_hasOne() throws Exception {
    Image image = Image.from(TestImages.BUSYBOX);
    ContainerSpec spec =
        ContainerSpec.sandbox(image).tty().init().command("sh", "-c", "tty; read x; echo $x");
    try (Container container = engine.run(spec.interactive().readyWhen(Wait.forLog("pts")))) {
      ContainerProcess process = container.exec(ExecSpec.of("tty").tty());
      assertEquals("/dev/pts/1\r\n", text(process.getInputStream()));
      container.stdin().write("typed\n".getBytes(UTF_8));

      assertEquals(0, container.awaitExit(LIMIT).code());
      assertEquals("/dev/pts/0\r\ntyped\r\ntyped\r\n", container.logs());
    }
  }

  @Test
  void mappedIds_terminalIsTheUsersInside() throws Exception {
    List<IdMap> ids = List.of(new IdMap(0, 200_000, 65_536));
    ContainerSpec spec =
        terminal("stat -c %u $(tty); echo up; sleep 600")
            .user("7:7")
            .rights(rights -> rights.userNamespace(ids, ids))
            .readyWhen(Wait.forLog("up"));
    try (Container container = engine.run(spec)) {
      ContainerProcess process =
          container.exec(ExecSpec.of("sh", "-c", "stat -c %u $(tty)").user("9").tty());

      assertEquals("9\r\n", text(process.getInputStream()));
      assertEquals("7\r\nup\r\n", container.logs());
    }
  }

  @EveryKernel
  @Test
  void exec_otherDeviceInPlaceOfTheTerminals_isRefused() throws Exception {
    try (Container container = engine.run(Specs.busybox().command("sleep", "600"))) {
      ContainerProcess replace =
          container.exec(
              ExecSpec.of(
                      "sh",
                      "-c",
                      "mount -t tmpfs none /dev/pts && mknod /dev/pts/ptmx c 1 3 && echo replaced")
                  .privileged());
      assertEquals("replaced\n", text(replace.getInputStream()));

      ContainerException e =
          assertThrows(ContainerException.class, () -> container.exec(ExecSpec.of("true").tty()));

      Failure.says(e, "terminal");
    }
  }

  private static int read(InputStream in) {
    try {
      return in.read();
    } catch (IOException e) {
      return -2;
    }
  }

  private static ContainerSpec terminal(String script) {
    return Specs.busybox().tty().command("sh", "-c", script);
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), UTF_8);
  }
}
