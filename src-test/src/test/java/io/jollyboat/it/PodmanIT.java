package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/** Podman with our runtime in place of its own. */
@IntegrationTest
class PodmanIT {
  private static final String IMAGE = "localhost/busybox:test";

  /** A user who may not raise limits, root in a container say, is refused Podman's own. */
  private static final String CONFIGURATION =
      "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=32768:32768\"]\n";

  private Path directory;

  @BeforeEach
  void importImage(@TempDir Path temporary) throws IOException {
    directory = temporary;
    Files.writeString(directory.resolve("containers.conf"), CONFIGURATION);
    OciBundle bundle = OciBundle.in(Files.createDirectory(directory.resolve("bundle")));
    Path tar = directory.resolve("busybox.tar");
    Command.run(
        Duration.ofMinutes(1), "tar", "-C", bundle.root().toString(), "-cf", tar.toString(), ".");
    podman("import", "--quiet", tar.toString(), IMAGE).text();
  }

  @AfterEach
  void removeAll() throws IOException {
    podman("rm", "--all", "--force", "--time", "0").text();
    podman("rmi", "--all", "--force").text();
    // Podman leaves its mount of the store, and the groups above its containers'.
    Path store = directory.resolve("root/vfs");
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      String mountPoint = line.split(" ")[4];
      if (Path.of(mountPoint).startsWith(directory)) {
        Command.run(Duration.ofSeconds(20), "umount", "-l", mountPoint);
      }
    }
    assertTrue(store.startsWith(directory));
  }

  @Test
  void run_aProgram_givesOutputAndStatus() throws Exception {
    Outcome outcome =
        podman("run", "--rm", "--network", "none", IMAGE, "sh", "-c", "echo out; exit 3");
    assertEquals(3, outcome.status(), outcome.err());
    assertEquals("out\n", outcome.out());
  }

  @Test
  void run_aMissingProgram_is127() throws Exception {
    Outcome outcome = podman("run", "--rm", "--network", "none", IMAGE, "/no/such/program");
    assertEquals(127, outcome.status(), outcome.err());
    assertTrue(outcome.err().contains("/no/such/program"), outcome.err());
  }

  @Test
  void container_thatRuns_isOperatedByPodman() throws Exception {
    podman(
            "run",
            "--detach",
            "--name",
            "box",
            "--network",
            "none",
            "--memory",
            "64m",
            "--cap-drop",
            "all",
            IMAGE,
            "sh",
            "-c",
            "trap \"exit 4\" TERM; echo started; while true; do sleep 0.1; done")
        .text();
    assertEquals("inside\n", podman("exec", "box", "echo", "inside").text());
    assertEquals(9, podman("exec", "box", "sh", "-c", "exit 9").status());
    assertEquals("started\n", podman("logs", "box").text());
    assertTrue(podman("top", "box").text().contains("sleep"), "top");
    podman("pause", "box").text();
    assertEquals("paused\n", podman("inspect", "--format", "{{.State.Status}}", "box").text());
    podman("unpause", "box").text();
    podman("update", "--pids-limit", "50", "box");
    podman("stop", "box").text();
    assertEquals(
        "exited 4\n",
        podman("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "box").text());
    podman("start", "box").text();
    assertEquals("running\n", podman("inspect", "--format", "{{.State.Status}}", "box").text());
    podman("kill", "box").text();
    assertEquals("137\n", podman("wait", "box").text());
    podman("rm", "box").text();
    assertEquals("", podman("ps", "--all", "--quiet").text());
  }

  @Test
  void terminal_ofAContainer_isOne() throws Exception {
    String text =
        podman("run", "--rm", "--tty", "--network", "none", IMAGE, "sh", "-c", "tty; stty size")
            .text();
    assertTrue(text.startsWith("/dev/"), text);
  }

  @Test
  void volumesAndUsers_areAsAskedFor() throws Exception {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    Files.writeString(shared.resolve("file"), "content\n");
    assertEquals(
        "content\n7:8\n",
        podman(
                "run",
                "--rm",
                "--network",
                "none",
                "--volume",
                shared + ":/given:ro",
                "--user",
                "7:8",
                "--read-only",
                IMAGE,
                "sh",
                "-c",
                "cat /given/file; echo $(id -u):$(id -g)")
            .text());
  }

  @Test
  void userNamespace_asAskedFor_mapsTheIds() throws Exception {
    String[] words = {
      "run",
      "--rm",
      "--network",
      "none",
      "--uidmap",
      "0:100000:65536",
      "--gidmap",
      "0:100000:65536",
      IMAGE,
      "sh",
      "-c",
      "echo $(cat /proc/self/uid_map); id -u"
    };
    assertEquals("0 100000 65536\n0\n", podman(words).text());
  }

  private record Outcome(int status, String out, String err) {
    String text() {
      if (status != 0) {
        throw new AssertionError("ended with " + status + ": " + err + out);
      }
      return out;
    }
  }

  private Outcome podman(String... words) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Command.find("podman").toString(),
                "--root",
                directory.resolve("root").toString(),
                "--runroot",
                directory.resolve("run").toString(),
                "--tmpdir",
                directory.resolve("tmp").toString(),
                "--storage-driver",
                "vfs",
                "--cgroup-manager",
                "cgroupfs",
                "--events-backend",
                "file",
                "--runtime",
                OciRuntime.program().toString()));
    line.addAll(List.of(words));
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("CONTAINERS_CONF", directory.resolve("containers.conf").toString());
    Process process =
        builder
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      if (!process.waitFor(180, TimeUnit.SECONDS)) {
        throw new AssertionError(line + " does not end: " + Files.readString(err));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      Stream.concat(process.descendants(), Stream.of(process.toHandle()))
          .filter(handle -> process.isAlive())
          .forEach(ProcessHandle::destroyForcibly);
    }
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
