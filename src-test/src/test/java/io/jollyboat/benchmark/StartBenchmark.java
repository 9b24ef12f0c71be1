package io.jollyboat.benchmark;

import io.jollyboat.BuildSpec;
import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.NetworkMode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Start to exit of {@code /bin/true} in a busybox image with default isolation and limits and no
 * network, beside bwrap, runc and crun started by ProcessBuilder from the same JVM; with the
 * bridge; exec; what {@link LoadBenchmark} measures; and a build of seven steps, all from the
 * cache. {@code StartBenchmark [rounds]}.
 */
public final class StartBenchmark {
  private static final String OURS = "jollyboat, no network";
  private static final int WARM_UP = 200;

  /** After so many the JVM's compilers have little left to do, who take a processor meanwhile. */
  private static final int WARM_STARTS = 1500;

  private static final String EXEC = "jollyboat, exec";

  private StartBenchmark() {}

  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 100;
    Path scratch = Files.createTempDirectory("jollyboat-bench-");
    System.out.printf(
        "store below %s, where making an empty file takes %.0f us%n",
        scratch, fileCreation(scratch));
    try (Engine engine = Engine.builder().root(scratch.resolve("store")).open()) {
      ImageId image = engine.build(busybox()).id();
      Peers peers = Peers.in(scratch);
      starts(engine, image, peers, rounds, System.out);
      execs(engine, image, peers, rounds, System.out);
      new LoadBenchmark(engine, image, peers, scratch, System.out).run();
      cachedBuild(engine, scratch, rounds, System.out);
    } finally {
      delete(scratch);
    }
  }

  /** Microseconds, the median: some file systems are slow at it after much was deleted. */
  private static double fileCreation(Path directory) throws IOException {
    double[] micros = new double[200];
    for (int i = 0; i < micros.length; i++) {
      long start = System.nanoTime();
      Files.createFile(directory.resolve("probe" + i));
      micros[i] = (System.nanoTime() - start) / 1e3;
    }
    Arrays.sort(micros);
    return micros[micros.length / 2];
  }

  private static void starts(Engine engine, ImageId image, Peers peers, int rounds, PrintStream out)
      throws Exception {
    Path bundle = peers.bundle("bundle", List.of("/bin/true"));
    RoundRobin race = new RoundRobin();
    race.add("host /bin/true by ProcessBuilder", () -> Peers.run(List.of("/bin/true")));
    race.add("bwrap", () -> Peers.run(peers.bwrap()));
    for (String runtime : Peers.runtimes(bundle)) {
      race.add(runtime, () -> Peers.run(Peers.start(runtime, bundle)));
    }
    for (int i = 0; i < WARM_STARTS; i++) {
      removed(engine, image);
    }
    List<Container> ended = new ArrayList<>();
    race.add(OURS, () -> ours(engine, image, ended, spec -> spec.network(NetworkMode.NONE)));
    race.add("jollyboat, no network, removed too", () -> removed(engine, image));
    race.add("jollyboat, bridge", () -> ours(engine, image, ended, spec -> spec));
    race.run(Math.min(WARM_UP, 2 * rounds), rounds);
    race.print("start to exit of /bin/true", OURS, out);
    ended.forEach(Container::close);
  }

  private static void execs(Engine engine, ImageId image, Peers peers, int rounds, PrintStream out)
      throws Exception {
    List<String> runtimes = Peers.runtimes(peers.bundle("true", List.of("/bin/true")));
    Path bundle = peers.bundle("sleeper", List.of("/bin/sleep", "3600"));
    RoundRobin race = new RoundRobin();
    try (Container running = engine.run(sleeper(image))) {
      race.add(EXEC, () -> running.exec("/bin/true"));
      for (String runtime : runtimes) {
        String id = "bench-sleeper-" + runtime;
        Peers.run(Peers.runtime(runtime, "run", "-d", "-b", bundle.toString(), id));
        race.add(
            runtime + " exec", () -> Peers.run(Peers.runtime(runtime, "exec", id, "/bin/true")));
      }
      race.run(Math.min(WARM_UP, 2 * rounds), rounds);
    } finally {
      for (String runtime : runtimes) {
        Peers.run(Peers.runtime(runtime, "delete", "-f", "bench-sleeper-" + runtime));
      }
    }
    race.print("exec of /bin/true in a running container", EXEC, out);
  }

  static ContainerSpec sleeper(ImageId image) {
    return ContainerSpec.of(image)
        .network(NetworkMode.NONE)
        .command("/bin/busybox", "sleep", "3600");
  }

  private static ExitStatus ours(
      Engine engine, ImageId image, List<Container> ended, UnaryOperator<ContainerSpec> options) {
    // Removal may follow the report of the exit: those of earlier rounds are removed off the clock.
    Container container = engine.run(options.apply(limited(image)));
    ExitStatus status = container.awaitExit();
    Thread removal = new Thread(container::close, "removal");
    removal.start();
    ended.add(container);
    return status;
  }

  private static ExitStatus removed(Engine engine, ImageId image) {
    try (Container container = engine.run(limited(image).network(NetworkMode.NONE))) {
      return container.awaitExit();
    }
  }

  static ContainerSpec limited(ImageId image) {
    return ContainerSpec.of(image)
        .command("/bin/true")
        .memory(io.jollyboat.Size.mib(256))
        .cpus(1)
        .pids(100);
  }

  private static Image busybox() {
    FileSet files = FileSet.empty();
    for (String name :
        List.of("/bin/busybox", "/bin/true", "/bin/sh", "/bin/touch", "/bin/ls", "/bin/cat")) {
      files = files.file(Peers.BUSYBOX, name);
    }
    return Image.scratch().files(files).cmd("/bin/sh");
  }

  private static void cachedBuild(Engine engine, Path scratch, int rounds, PrintStream out)
      throws Exception {
    engine.build(busybox(), build -> build.tag("bench-base:1"));
    Path context = Files.createDirectory(scratch.resolve("context"));
    for (int i = 0; i < 20; i++) {
      Files.writeString(context.resolve("file" + i), "content of " + i + "\n");
    }
    Image seven =
        Image.from("bench-base:1")
            .workdir("/opt/helloworld")
            .run("touch /installed")
            .copy(".", ".")
            .run("ls > /list")
            .expose(3000)
            .cmd("/bin/sh");
    UnaryOperator<BuildSpec> options = build -> build.context(context).tag("bench:1");
    engine.build(seven, options);
    RoundRobin race = new RoundRobin();
    race.add("seven steps, all from the cache", () -> engine.build(seven, options));
    race.run(Math.min(WARM_UP, 2 * rounds), rounds);
    race.print("build", "seven steps, all from the cache", out);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : Arrays.asList(tree.sorted(Comparator.reverseOrder()).toArray(Path[]::new))) {
        Files.deleteIfExists(path);
      }
    }
  }
}
