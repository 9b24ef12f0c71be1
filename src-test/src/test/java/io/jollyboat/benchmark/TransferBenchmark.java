package io.jollyboat.benchmark;

import io.jollyboat.Engine;
import io.jollyboat.ImageId;
import io.jollyboat.Images;
import io.jollyboat.test.Command;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import io.jollyboat.test.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Pulls and pushes of the tests' largest image, through distribution's registry on loopback, beside
 * skopeo and podman in the same rounds: {@code TransferBenchmark [rounds]}. With {@code pull ROOT
 * REFERENCE} it pulls once, which it asks of a JVM with little memory.
 */
public final class TransferBenchmark {
  private static final String OURS = "jollyboat";
  private static final String IMAGE = TestImages.NODE;
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String SMALL_HEAP = "-Xmx64m";

  private final Path scratch;
  private final RegistryProcess source;
  private final Path layout;
  private RegistryProcess target = RegistryProcess.start();

  private TransferBenchmark(Path scratch, RegistryProcess source) {
    this.scratch = scratch;
    this.source = source;
    this.layout = TestImages.make().layout(IMAGE);
  }

  public static void main(String[] args) throws Exception {
    if (args.length == 3 && args[0].equals("pull")) {
      pullOnce(Path.of(args[1]), args[2]);
      return;
    }
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    Path scratch = Files.createTempDirectory("jollyboat-bench-");
    try (RegistryProcess source = RegistryProcess.start()) {
      TestImages.make().push(IMAGE, source);
      TransferBenchmark benchmark = new TransferBenchmark(scratch, source);
      try {
        benchmark.pulls(rounds);
        benchmark.pushes(rounds);
      } finally {
        benchmark.target.close();
      }
    } finally {
      Trees.delete(scratch);
    }
  }

  /** Runs a program to its end, which must be a success. */
  private static String run(List<String> words) {
    return Command.run(LIMIT, words.toArray(String[]::new));
  }

  private static void pullOnce(Path root, String reference) {
    try (Engine engine = Engine.builder().root(root).proxy(Map.of()).open()) {
      System.out.println(engine.pull(reference).id());
    }
  }

  private String name() {
    return source.reference(IMAGE);
  }

  private void pulls(int rounds) throws Exception {
    RoundRobin cold = new RoundRobin();
    RoundRobin present = new RoundRobin();
    try (TestStore store = TestStore.empty();
        Engine engine = store.builder().open()) {
      cold.add(OURS, () -> remove(engine.images()), () -> engine.pull(name()));
      Path small = scratch.resolve("small");
      cold.add(OURS + ", a new JVM with " + SMALL_HEAP, () -> empty(small), () -> run(java(small)));
      cold.add("inflate, hash and write in a loop", () -> empty(plain()), this::loop);
      Path copied = scratch.resolve("copied");
      cold.add("skopeo to a layout, not unpacked", () -> empty(copied), () -> run(fetch(copied)));
      if (podmanWorks()) {
        cold.add(
            "podman",
            () -> run(podman("rmi", "-f", name())),
            () -> run(podman("pull", "-q", "--tls-verify=false", name())));
        present.add("podman", () -> run(podman("pull", "-q", "--tls-verify=false", name())));
      }
      cold.run(1, rounds);
      cold.print("cold pull with unpacking of " + IMAGE, OURS, System.out);
      engine.pull(name());
      present.add(OURS, () -> engine.pull(name()));
      present.run(1, 4 * rounds);
      present.print("pull when present", OURS, System.out);
    }
  }

  private static Object remove(Images images) {
    images.list().forEach(image -> images.remove(image.id().toString()));
    return images.prune(all -> all);
  }

  private static Path empty(Path directory) throws IOException {
    if (Files.exists(directory)) {
      Trees.delete(directory);
    }
    return directory;
  }

  private List<String> java(Path root) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        SMALL_HEAP,
        "-cp",
        System.getProperty("java.class.path"),
        TransferBenchmark.class.getName(),
        "pull",
        root.toString(),
        name());
  }

  private Path plain() {
    return scratch.resolve("plain");
  }

  private List<String> fetch(Path to) {
    return List.of(
        "skopeo", "copy", "-q", "--src-tls-verify=false", "docker://" + name(), "oci:" + to + ":1");
  }

  private List<String> podman(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "podman",
                "--root=" + scratch.resolve("podman"),
                "--runroot=" + scratch.resolve("run"), // it allows no more than 50 characters
                "--storage-driver=overlay"));
    command.addAll(List.of(words));
    return command;
  }

  private boolean podmanWorks() {
    try {
      run(podman("pull", "-q", "--tls-verify=false", name()));
      return true;
    } catch (UncheckedIOException | AssertionError e) {
      System.out.println("podman is not there, or cannot pull anything here: " + e.getMessage());
      return false;
    }
  }

  /** What has to be done to the bytes at the least, by one thread and with the JDK alone. */
  private Path loop() throws Exception {
    Path directory = Files.createDirectories(plain());
    try (Stream<Path> blobs = Files.list(layout.resolve("blobs/sha256"))) {
      for (Path blob : blobs.filter(file -> file.toFile().length() > 100_000).toList()) {
        DigestInputStream compressed =
            new DigestInputStream(Files.newInputStream(blob), MessageDigest.getInstance("SHA-256"));
        try (InputStream tar =
                new DigestInputStream(
                    new GZIPInputStream(compressed, 1 << 16),
                    MessageDigest.getInstance("SHA-256"));
            OutputStream out = Files.newOutputStream(directory.resolve(blob.getFileName()))) {
          tar.transferTo(out);
        }
      }
    }
    return directory;
  }

  private Object freshTarget() {
    target.close();
    target = RegistryProcess.start();
    return target;
  }

  private String there() {
    return target.reference("bench/image:1");
  }

  private void pushes(int rounds) throws Exception {
    RoundRobin race = new RoundRobin();
    Path tar = scratch.resolve("root.tar");
    try (TestStore store = TestStore.empty();
        Engine engine = store.builder().open()) {
      ImageId pulled = engine.pull(name()).id();
      try (InputStream files = engine.images().export(name())) {
        Files.copy(files, tar);
      }
      race.add(OURS, () -> tagged(engine, pulled), () -> engine.push(there()));
      race.add(
          "skopeo, from a layout",
          this::freshTarget,
          () ->
              run(
                  List.of(
                      "skopeo",
                      "copy",
                      "-q",
                      "--dest-tls-verify=false",
                      "oci:" + layout + ":" + IMAGE.substring(IMAGE.indexOf(':') + 1),
                      "docker://" + there())));
      race.run(1, rounds);
      race.print("push of a pulled image, to an empty registry", OURS, System.out);
    }
    compressing(rounds, tar);
  }

  /** The same files as one layer, which has to be compressed. */
  private void compressing(int rounds, Path tar) throws Exception {
    RoundRobin race = new RoundRobin();
    try (TestStore store = TestStore.empty();
        Engine engine = store.builder().open()) {
      race.add(
          OURS,
          () -> {
            remove(engine.images());
            return tagged(engine, engine.images().importTar(tar, all -> all).id());
          },
          () -> engine.push(there()));
      if (podmanWorks()) {
        run(podman("import", "-q", tar.toString(), "bench/image:1"));
        race.add(
            "podman, gzip",
            this::freshTarget,
            () ->
                run(
                    podman(
                        "push",
                        "-q",
                        "--tls-verify=false",
                        "localhost/bench/image:1",
                        "docker://" + there())));
      }
      race.run(1, rounds);
      race.print("push with compression by gzip, to an empty registry", OURS, System.out);
    }
  }

  private Object tagged(Engine engine, ImageId image) {
    Object fresh = freshTarget();
    engine.images().tag(image, there());
    return fresh;
  }
}
