package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.BuildPermission;
import io.jollyboat.BuildSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.Programs;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the mounts and the rights of RUN are in real containers. */
@IntegrationTest
class BuildMountsIT {
  private static final String BASE = "FROM " + TestImages.BUSYBOX + "\n";

  private TestStore store;

  @BeforeEach
  void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterEach
  void delete() {
    store.close();
  }

  @Test
  void cache_ofAStage_startsWithItsFilesAndIsKept() {
    String text =
        """
        FROM busybox:latest AS seed
        RUN mkdir -p /seed/sub && echo seed > /seed/sub/file && chown 7:8 /seed/sub/file
        FROM busybox:latest
        RUN --mount=type=cache,target=/c,from=seed,source=/seed cat /c/sub/file > /1 && stat -c %u:%g /c/sub/file >> /1 && echo more >> /c/sub/file
        RUN --mount=type=cache,target=/c,from=seed,source=/seed,sharing=locked cat /c/sub/file > /2
        RUN --mount=type=cache,id=own,target=/c,uid=5,gid=6,mode=0711 stat -c '%u:%g %a' /c > /3
        """;
    assertEquals("seed\n7:8\nseed\nmore\n5:6 711\n", built(text, "cat /1 /2 /3", spec -> spec));
  }

  /** Each of two builds that count to the same file sees all that the other wrote before. */
  @Test
  void cache_thatIsLocked_isUsedByOneStepAtATime() throws Exception {
    String text =
        """
        RUN --mount=type=cache,id=a,target=/a,sharing=locked --mount=type=cache,id=b,target=/b,sharing=locked \\
            test ! -e /a/used && touch /a/used && sleep 0.5 && rm /a/used && echo x >> /b/count
        """;
    String turned =
        "RUN --mount=type=cache,id=b,target=/b,sharing=locked"
            + " --mount=type=cache,id=a,target=/a,sharing=locked test ! -e /a/used && touch"
            + " /a/used && sleep 0.5 && rm /a/used && echo y >> /b/count\n";
    try (Engine first = store.open();
        Engine second = store.open()) {
      CompletableFuture<StoredImage> one =
          CompletableFuture.supplyAsync(() -> first.build(read(BASE + text)));
      CompletableFuture<StoredImage> two =
          CompletableFuture.supplyAsync(() -> second.build(read(BASE + turned)));
      StoredImage unusedFirst = one.get();
      StoredImage unusedSecond = two.get();
      StoredImage counted =
          first.build(
              read(BASE + "RUN --mount=type=cache,id=b,target=/b wc -l < /b/count > /lines"));
      assertEquals("2\n", Result.sh(first, Specs.alone(counted.id()), "cat /lines"));
    }
  }

  @Test
  void cache_thatIsPrivate_isNotSharedWithAStepAtTheSameTime() throws Exception {
    String text =
        "RUN --mount=type=cache,id=p,target=/p,sharing=private test ! -e /p/used && touch /p/used"
            + " && sleep 0.7 && rm /p/used # ";
    try (Engine first = store.open();
        Engine second = store.open()) {
      CompletableFuture<StoredImage> one =
          CompletableFuture.supplyAsync(() -> first.build(read(BASE + text + "1")));
      CompletableFuture<StoredImage> two =
          CompletableFuture.supplyAsync(() -> second.build(read(BASE + text + "2")));
      assertTrue(one.get().size().bytes() > 0);
      assertTrue(two.get().size().bytes() > 0);
    }
  }

  @Test
  void bind_ofTheContext_isTheDirectoryItselfReadOnly(@TempDir Path context) throws IOException {
    Path file = Files.createDirectories(context.resolve("src/deep")).resolve("file");
    Files.writeString(file, "of the context\n");
    Files.createSymbolicLink(context.resolve("src/passwd"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(context.resolve("etc"), Path.of("/etc"));
    String text =
        """
        RUN --mount=source=src,target=/s cat /s/deep/file > /1 && stat -c %i /s/deep/file >> /1 \
            && ! touch /s/x && ! rm /s/deep/file && cmp /s/passwd /etc/passwd
        RUN --mount=source=src,target=/s,rw echo more >> /s/deep/file && cat /s/deep/file > /2
        """;
    Object inode = Files.getAttribute(file, "unix:ino");
    assertEquals(
        "of the context\n" + inode + "\nof the context\nmore\n",
        built(BASE + text, "cat /1 /2; test ! -e /s", spec -> spec.context(context)));
    assertEquals("of the context\n", Files.readString(file));
    assertThrows(
        BuildException.class,
        () ->
            built(
                BASE + "RUN --mount=source=etc,target=/s true",
                "true",
                spec -> spec.context(context)));
  }

  @Test
  void bind_ofTheContext_ofAnotherOwnerOrWithIgnoredFiles_isWhatTheKeySays(@TempDir Path context)
      throws IOException {
    Files.writeString(context.resolve("file"), "x");
    Files.writeString(context.resolve("ignored"), "x");
    Files.writeString(context.resolve(".dockerignore"), "ignored\n.dockerignore\n");
    Path other = Files.createDirectory(context.resolve("other"));
    Files.setAttribute(Files.writeString(other.resolve("theirs"), "x"), "unix:uid", 1234);
    String text =
        """
        RUN --mount=target=/s ls -A /s > /1
        RUN --mount=source=other,target=/s stat -c %u:%g /s/theirs >> /1
        """;
    assertEquals("file\nother\n0:0\n", built(BASE + text, "cat /1", spec -> spec.context(context)));
  }

  @Test
  @EveryKernel
  void bind_ofAStage_isItsMergedTreeReadOnly() {
    String text =
        """
        FROM busybox:latest AS seed
        RUN mkdir -p /seed/sub && echo one > /seed/sub/file && echo gone > /seed/gone && chown 7:8 /seed/sub/file
        RUN rm /seed/gone && echo two >> /seed/sub/file && ln -s sub /seed/link
        FROM busybox:latest
        RUN --mount=from=seed,source=/seed/link,target=/s cat /s/file > /1 && stat -c %u:%g /s/file >> /1 && ! touch /s/x
        RUN --mount=from=seed,source=/seed,target=/s,rw ls /s >> /1 && rm -r /s/sub
        RUN --mount=from=seed,source=/seed/sub/file,target=/f cat /f >> /1
        """;
    assertEquals(
        "one\ntwo\n7:8\nlink\nsub\none\ntwo\n", built(text, "cat /1; test ! -e /s", spec -> spec));
  }

  @Test
  void tmpfs_withASize_isNoLarger() {
    String text =
        BASE
            + "RUN --mount=type=tmpfs,target=/t,size=1m"
            + " ! head -c 2000000 /dev/zero > /t/big && df -k /t | tail -1 | awk '{print $2}' > /k";
    assertEquals("1024\n", built(text, "cat /k", spec -> spec));
  }

  @Test
  void ssh_ofAStep_reachesTheAgentThroughASocketOfItsOwn(@TempDir Path directory) throws Exception {
    Path agent = directory.resolve("agent");
    Programs programs = Programs.compile(directory, "speak");
    Path context = Files.createDirectory(directory.resolve("context"));
    Files.copy(programs.path("speak"), context.resolve("speak"));
    String text =
        BASE
            + """
            COPY --chmod=755 speak /speak
            RUN --mount=type=ssh echo "$SSH_AUTH_SOCK" > /1 && stat -c '%a %u:%g' $SSH_AUTH_SOCK >> /1
            RUN --mount=type=ssh,uid=1000,gid=1001,mode=0620,target=/s stat -c '%a %u:%g' /s > /2
            RUN --mount=type=ssh /speak $SSH_AUTH_SOCK ping > /3 && /speak $SSH_AUTH_SOCK again >> /3
            RUN --mount=type=ssh,id=other echo "none:$SSH_AUTH_SOCK" > /4
            RUN ls /run/buildkit /s 2>/dev/null > /5; true
            """;
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      ServerSocketChannel unused = server.bind(UnixDomainSocketAddress.of(agent));
      Thread answering = new Thread(() -> answer(server));
      answering.start();
      String out = built(text, "cat /1 /2 /3 /4 /5", spec -> spec.ssh(agent).context(context));
      assertEquals(
          "/run/buildkit/ssh_agent.0\n600 0:0\n620 1000:1001\nre: ping\nre: again\nnone:\n", out);
      server.close();
      answering.join();
    }
  }

  /** Answers each connection once. */
  private static void answer(ServerSocketChannel server) {
    while (server.isOpen()) {
      try (SocketChannel client = server.accept()) {
        ByteBuffer buffer =
            ByteBuffer.allocate(100).put("re: ".getBytes(StandardCharsets.US_ASCII));
        if (client.read(buffer) > 0) {
          buffer.flip();
          int unused = client.write(buffer);
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void ssh_agentThatIsNotThere_failsTheStep(@TempDir Path directory) {
    BuildException e =
        assertThrows(
            BuildException.class,
            () ->
                built(
                    BASE + "RUN --mount=type=ssh true\n",
                    "true",
                    spec -> spec.ssh(directory.resolve("gone"))));
    assertTrue(String.valueOf(e.getMessage()).contains("no ssh agent answers at"), e.getMessage());
  }

  @Test
  void rights_thatAreAllowed_areThoseOfTheMachine() throws IOException {
    String text =
        BASE
            + """
            RUN --security=insecure grep CapEff /proc/self/status > /1 && mount -t tmpfs x /mnt 2>/dev/null; mkdir -p /m && mount -t tmpfs x /m && echo mounted >> /1
            RUN grep -q CapEff:.*a80425fb /proc/self/status && ! mount -t tmpfs x /m && echo not >> /1
            RUN --network=host readlink /proc/self/ns/net >> /1
            """;
    UnaryOperator<BuildSpec> allowed =
        spec -> spec.allow(BuildPermission.SECURITY_INSECURE).allow(BuildPermission.NETWORK_HOST);
    List<String> lines = built(text, "cat /1", allowed).lines().toList();
    long capabilities = Long.parseLong(lines.get(0).replaceAll("CapEff:\\s+", ""), 16);
    assertEquals(1, capabilities >> 21 & 1, "CAP_SYS_ADMIN in " + lines.get(0));
    String network = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
    assertEquals(List.of("mounted", "not", network), lines.subList(1, lines.size()));
  }

  private static Image read(String text) {
    return Image.of(Dockerfile.parse(text));
  }

  private String built(String text, String script, UnaryOperator<BuildSpec> options) {
    try (Engine engine = store.open()) {
      StoredImage image = engine.build(read(text), options);
      return Result.sh(engine, Specs.alone(image.id()), script);
    }
  }
}
