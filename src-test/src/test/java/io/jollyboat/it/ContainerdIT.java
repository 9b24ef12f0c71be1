package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** containerd, one of the test's own, with our runtime in place of runc. */
@IntegrationTest
class ContainerdIT {
  /** Also the name of the control groups above its containers'. */
  private static final String NAMESPACE = "jollyboat-containerd";

  private Path directory;
  private Path root;
  private Process containerd;

  @BeforeEach
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    root = OciBundle.in(Files.createDirectory(temporary.resolve("bundle"))).root();
    Path program = Command.find("containerd");
    Path config = Files.writeString(directory.resolve("config.toml"), config());
    ProcessBuilder builder =
        new ProcessBuilder(program.toString(), "--config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("containerd.log").toFile());
    // Its shims lie beside it.
    builder
        .environment()
        .merge("PATH", program.resolveSibling("").toString(), (all, own) -> own + ":" + all);
    containerd = builder.start();
    for (int i = 0; i < 300 && ctr("version").status() != 0; i++) {
      Thread.sleep(100);
    }
    ctr("version").text();
  }

  /** Nothing of the machine's: no sockets, directories or plug-ins that others may use. */
  private String config() {
    return String.join(
        "\n",
        "version = 2",
        "root = \"" + directory.resolve("root") + "\"",
        "state = \"" + directory.resolve("state") + "\"",
        "disabled_plugins = [\"io.containerd.grpc.v1.cri\", \"io.containerd.internal.v1.opt\","
            + " \"io.containerd.internal.v1.tracing\", \"io.containerd.snapshotter.v1.btrfs\","
            + " \"io.containerd.snapshotter.v1.zfs\", \"io.containerd.snapshotter.v1.aufs\","
            + " \"io.containerd.snapshotter.v1.devmapper\"]",
        "[grpc]",
        "address = \"" + socket() + "\"",
        "[ttrpc]",
        "address = \"" + socket() + ".ttrpc\"",
        "");
  }

  private String socket() {
    return directory.resolve("socket").toString();
  }

  @AfterEach
  void stop() throws Exception {
    for (String name : ctr("task", "list", "--quiet").out().split("\n")) {
      ctr("task", "rm", "--force", name);
    }
    containerd.destroy();
    assertTrue(containerd.waitFor(60, TimeUnit.SECONDS), "containerd does not end");
    try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
      for (Path hierarchy : hierarchies.filter(Files::isDirectory).toList()) {
        Files.deleteIfExists(hierarchy.resolve(NAMESPACE));
      }
    }
  }

  @Test
  void run_aProgram_givesOutputAndStatus() throws Exception {
    Outcome outcome = ctr(run("--rm", "one", "echo out; id -u; exit 3"));
    assertEquals(3, outcome.status(), outcome.err());
    assertEquals("out\n0\n", outcome.out());
    assertEquals("", ctr("task", "list", "--quiet").text());
  }

  @Test
  void run_aMissingProgram_saysSo() throws Exception {
    String[] line = run("--rm", "none", "/no/such/program");
    List<String> direct = new ArrayList<>(List.of(line).subList(0, line.length - 3));
    direct.add("/no/such/program");
    Outcome outcome = ctr(direct.toArray(String[]::new));
    assertTrue(outcome.status() != 0);
    assertTrue(outcome.err().contains("/no/such/program"), outcome.err());
  }

  @Test
  void task_thatRuns_isOperatedByContainerd() throws Exception {
    ctr(run("--detach", "two", "trap \"exit 4\" TERM; while true; do sleep 0.05; done")).text();
    assertEquals("RUNNING", status("two"));
    Outcome inside = ctr("task", "exec", "--exec-id", "e", "two", "sh", "-c", "echo in; exit 9");
    assertEquals("in\n", inside.out(), inside.err());
    assertEquals(9, inside.status());
    ctr("task", "pause", "two").text();
    assertEquals("PAUSED", status("two"));
    ctr("task", "resume", "two").text();
    assertTrue(ctr("task", "ps", "two").text().lines().count() >= 2);
    assertTrue(ctr("task", "metrics", "two").text().contains("memory"));
    ctr("task", "kill", "--signal", "SIGTERM", "two").text();
    for (int i = 0; i < 200 && !status("two").equals("STOPPED"); i++) {
      Thread.sleep(50);
    }
    assertEquals("STOPPED", status("two"));
    Outcome removed = ctr("task", "rm", "two");
    assertTrue(removed.err().contains("code 4"), removed.err());
    ctr("container", "rm", "two").text();
  }

  private String status(String name) throws IOException {
    return ctr("task", "list")
        .text()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.replaceAll(".* ", "").strip())
        .findFirst()
        .orElse("");
  }

  private String[] run(String flag, String name, String script) {
    return new String[] {
      "run",
      flag,
      "--runc-binary",
      OciRuntime.program().toString(),
      "--runc-root",
      directory.resolve("runtime").toString(),
      "--rootfs",
      root.toString(),
      name,
      "sh",
      "-c",
      script
    };
  }

  private record Outcome(int status, String out, String err) {
    String text() {
      if (status != 0) {
        throw new AssertionError("ended with " + status + ": " + err + out);
      }
      return out;
    }
  }

  private Outcome ctr(String... words) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Command.find("ctr").toString(), "--address", socket(), "--namespace", NAMESPACE));
    line.addAll(List.of(words));
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    Process process =
        new ProcessBuilder(line)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        throw new AssertionError(line + " does not end: " + Files.readString(err));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
