package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildContext;
import io.jollyboat.BuildException;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ADD of git repositories from a server on loopback. */
@IntegrationTest
class AddGitIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private TestStore store;
  private Path directory;
  private Process server;
  private String address;

  @BeforeEach
  void serve(RegistryProcess registry, @TempDir Path temporary) throws Exception {
    directory = temporary;
    store = TestStore.with(registry, TestImages.BUSYBOX);
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    address = "git://127.0.0.1:" + port + "/";
    server =
        new ProcessBuilder(
                Command.find("git").toString(),
                "daemon",
                "--export-all",
                "--reuseaddr",
                "--listen=127.0.0.1",
                "--port=" + port,
                "--base-path=" + directory,
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    makeRepositories();
    long end = System.nanoTime() + SOON.toNanos();
    while (!answers(port)) {
      assertTrue(System.nanoTime() < end, "git daemon does not listen");
      Thread.sleep(20);
    }
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.descendants().forEach(ProcessHandle::destroy);
    server.destroy();
    assertTrue(server.waitFor(20, TimeUnit.SECONDS));
    store.close();
  }

  private void makeRepositories() {
    sh(
        """
        export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b
        export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
        git init -q -b main part && cd part && echo part > file && git add . && git commit -qm part && cd ..
        git init -q -b main whole && cd whole
        mkdir -p sub/deep && echo one > file && echo run > sub/program && chmod 755 sub/program
        ln -s ../file sub/deep/link && git add . && git commit -qm one
        git tag -a -m one v1
        echo two > file && git commit -qam two
        git checkout -q -b side && echo side > file && git commit -qam side && git checkout -q main
        git submodule --quiet add %spart modules/part && git commit -qm modules
        """
            .replace("%s", address));
  }

  private void sh(String script) {
    long end = System.nanoTime() + SOON.toNanos();
    while (!answers(port())) {
      assertTrue(System.nanoTime() < end, "git daemon does not listen");
    }
    String unused = Command.run(SOON, "env", "-C", directory.toString(), "sh", "-euc", script);
  }

  private int port() {
    return Integer.parseInt(address.replaceAll(".*:|/", ""));
  }

  private String commit(String name) {
    return Command.run(
            SOON,
            Command.find("git").toString(),
            "-C",
            directory.resolve("whole").toString(),
            "rev-parse",
            name)
        .strip();
  }

  private String built(String add, String script) {
    try (Engine engine = store.open()) {
      StoredImage image =
          engine.build(
              Image.of(Dockerfile.parse("FROM " + TestImages.BUSYBOX + "\n" + add + "\n")));
      return Result.sh(engine, Specs.alone(image.id()), script);
    }
  }

  @Test
  void context_ofARepository_hasItsDockerfileAndLeavesNothing() throws IOException {
    sh(
        """
        export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b
        export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
        cd whole && git checkout -q -b recipe && mkdir app && cd app
        printf 'FROM %s\\nCOPY . /app/\\nCOPY out /out\\n' > Dockerfile
        echo left > left && printf 'left\\nDockerfile\\n' > .dockerignore && echo deep > file
        ln -s file out && ln -s ../../../etc/passwd beyond && git add . && git commit -qm recipe
        """
            .replace("%s", TestImages.BUSYBOX));
    try (Engine engine = store.open()) {
      StoredImage image =
          engine.build(build -> build.context(BuildContext.git(address + "whole#recipe:app")));
      assertEquals(
          ".dockerignore\nbeyond\nfile\nout\ndeep\n",
          Result.sh(engine, Specs.alone(image.id()), "ls -A /app; cat /out"));
      assertEquals(List.of(), BuildContextsIT.unfinished(store));
    }
  }

  @Test
  void add_repository_copiesHeadWithItsModulesAndWithoutGit() {
    assertEquals(
        "two\nrwxr-xr-x\nrw-r--r--\n../file\npart\nfile\nmodules\nsub\n.gitmodules\n",
        built(
            "ADD " + address + "whole /r",
            "cat /r/file; stat -c %A /r/sub/program /r/file | cut -c2-; readlink"
                + " /r/sub/deep/link; cat /r/modules/part/file; ls /r; ls -A /r | grep ^[.]"));
  }

  @Test
  void add_branchesTagsCommitsAndDirectories_areFound() {
    assertEquals("side\n", built("ADD " + address + "whole#side /r", "cat /r/file"));
    assertEquals("one\n", built("ADD " + address + "whole#v1 /r", "cat /r/file"));
    assertEquals("one\n", built("ADD " + address + "whole?tag=v1 /r", "cat /r/file"));
    assertEquals(
        "two\n", built("ADD " + address + "whole#" + commit("main~1") + " /r", "cat /r/file"));
    assertEquals(
        "deep\nprogram\n", built("ADD --chown=5 " + address + "whole#v1:sub /r/", "ls /r"));
    String checked = "ADD --checksum=" + commit("v1^{}") + " " + address + "whole#v1 /r";
    assertEquals("one\n", built(checked, "cat /r/file"));
    assertEquals(
        "one\n.git\nv1\n",
        built(
            "ADD --keep-git-dir=true " + address + "whole#v1 /r",
            "cat /r/file; ls -d -A /r/.git | cut -c4-; test -d /r/.git/objects && echo v1"));
  }

  @Test
  void add_whatIsNotThere_isAClearError() {
    assertFails("ADD " + address + "whole#none /r", "neither a branch nor a tag");
    assertFails("ADD " + address + "none /r", "git ls-remote failed");
    assertFails("ADD " + address + "whole#v1:nope /r", "has no directory \"nope\"");
    assertFails(
        "ADD --checksum=" + "0".repeat(40) + " " + address + "whole#v1 /r",
        "but what is there is " + commit("v1^{}"));
    assertFails("COPY " + address + "whole /r", "there is no build context");
  }

  @Test
  void add_cachedUntilTheBranchMoves() throws IOException {
    try (Engine engine = store.open()) {
      Image image =
          Image.of(
              Dockerfile.parse(
                  "FROM " + TestImages.BUSYBOX + "\nADD " + address + "whole#side /r\n"));
      StoredImage first = engine.build(image);
      assertEquals(first.id(), engine.build(image).id());
      sh(
          "cd whole && git checkout -q side && echo more > more && git add more && git -c"
              + " user.name=a -c user.email=a@b commit -qm more");
      assertTrue(!first.id().equals(engine.build(image).id()));
    }
    try (var left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertEquals(
          List.of(), left.filter(path -> path.toString().contains("jollyboat-git")).toList());
    }
  }

  private void assertFails(String add, String why) {
    BuildException e = assertThrows(BuildException.class, () -> built(add, "true"));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e.getMessage());
  }
}
