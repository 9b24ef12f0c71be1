package io.jollyboat.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The programs beside which we are timed: each runs a command in a root file system of busybox. */
final class Peers {
  static final Path BUSYBOX = Path.of("/bin/busybox");

  private final Path scratch;
  private final Path rootfs;

  private Peers(Path scratch, Path rootfs) {
    this.scratch = scratch;
    this.rootfs = rootfs;
  }

  static Peers in(Path scratch) throws IOException {
    Path rootfs = scratch.resolve("rootfs");
    for (String name : List.of("bin", "dev", "proc", "sys", "tmp")) {
      Files.createDirectories(rootfs.resolve(name));
    }
    for (String name : List.of("busybox", "true", "sleep")) {
      Path program = rootfs.resolve("bin").resolve(name);
      Files.copy(BUSYBOX, program);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return new Peers(scratch, rootfs);
  }

  Path rootfs() {
    return rootfs;
  }

  List<String> bwrap() {
    return List.of(
        "bwrap",
        "--ro-bind",
        rootfs.toString(),
        "/",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--unshare-all",
        "--die-with-parent",
        "/bin/true");
  }

  /**
   * A directory for runc and crun with the specification that runc proposes.
   *
   * @param command one word per element, without quotes
   */
  Path bundle(String name, List<String> command) throws Exception {
    Path bundle = Files.createDirectory(scratch.resolve(name));
    run(List.of("runc", "spec", "-b", bundle.toString()));
    Path config = bundle.resolve("config.json");
    String words = "\"" + String.join("\", \"", command) + "\"";
    String text =
        Files.readString(config)
            .replace("\"terminal\": true", "\"terminal\": false")
            .replace("\"sh\"", words)
            .replace("\"rootfs\"", "\"" + rootfs + "\"");
    Files.writeString(config, text);
    return bundle;
  }

  static List<String> runtime(String name, String... words) {
    List<String> command = new ArrayList<>(List.of(name));
    command.addAll(List.of(words));
    return command;
  }

  /**
   * Those of runc and crun that can start a bundle here; crun refuses a machine with both kinds of
   * control groups.
   */
  static List<String> runtimes(Path bundle) throws InterruptedException {
    List<String> usable = new ArrayList<>();
    for (String name : List.of("runc", "crun")) {
      try {
        if (run(start(name, bundle)) == 0) {
          usable.add(name);
        }
      } catch (IOException | IllegalStateException missing) {
        System.out.println(name + " is not there, or cannot start anything here: left out");
      }
    }
    return usable;
  }

  static List<String> start(String runtime, Path bundle) {
    return runtime(runtime, "run", "-b", bundle.toString(), "bench" + System.nanoTime());
  }

  /** Runs a command to its end, which must be a success. */
  static int run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IllegalStateException(command + " failed");
    }
    return process.exitValue();
  }
}
