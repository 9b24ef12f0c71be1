package io.jollyboat.benchmark;

import io.jollyboat.BuildSpec;
import io.jollyboat.Engine;
import io.jollyboat.StoredImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Times a build of seven steps over a context of 2,000 files with 51 MB beside buildah's of the
 * same Dockerfile: with nothing cached, cached in this JVM, and cached in a JVM of its own. Then
 * looks at an unchanged context of 100,000 files beside a walk that only asks for the attributes of
 * each, and prints the most memory that a process needed. Not a test.
 */
final class BuildBenchmark {
  private static final int FILES = 2_000;
  private static final int BYTES = 51 << 20;
  private static final int MANY = 100_000;
  private static final String DOCKERFILE =
      """
      FROM scratch
      ADD rootfs.tar /
      WORKDIR /opt/helloworld
      COPY tree tree
      RUN ["/bin/busybox", "sh", "-c", "/bin/busybox ls tree > list"]
      EXPOSE 3000
      CMD ["/bin/busybox", "sh"]
      """;

  private BuildBenchmark() {}

  /**
   * @param words rounds, 5 when there are none; or {@code once STORE CONTEXT} for one build
   */
  public static void main(String[] words) throws Exception {
    if (words.length == 3) {
      once(Path.of(words[1]), Path.of(words[2]));
      return;
    }
    int rounds = words.length > 0 ? Integer.parseInt(words[0]) : 5;
    Path scratch = Files.createTempDirectory("jollyboat-bench");
    try {
      Peers peers = Peers.in(scratch);
      Path context = Files.createDirectory(scratch.resolve("context"));
      Peers.run(
          List.of("tar", "-C", peers.rootfs().toString(), "-cf", context + "/rootfs.tar", "."));
      Files.writeString(context.resolve("Dockerfile"), DOCKERFILE);
      files(context.resolve("tree"), FILES, BYTES / FILES);
      try (Engine engine = Engine.builder().root(scratch.resolve("store")).open()) {
        race(engine, scratch, context, rounds, System.out);
        many(engine, scratch, System.out);
      }
    } finally {
      int unused =
          new ProcessBuilder("rm", "-rf", scratch.toString()).inheritIO().start().waitFor();
    }
  }

  /** A process of its own: everything from the start of the JVM to its end. */
  private static void once(Path store, Path context) throws IOException {
    try (Engine engine = Engine.builder().root(store).open()) {
      StoredImage unused = engine.build(build -> build.context(context).tag("bench:cold"));
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM")) {
        System.out.println(line);
      }
    }
  }

  private static void files(Path directory, int count, int bytes) throws IOException {
    Random random = new Random(7);
    byte[] content = new byte[bytes];
    for (int i = 0; i < count; i++) {
      Path part = directory.resolve("d" + i / 100);
      Files.createDirectories(part);
      random.nextBytes(content);
      Files.write(part.resolve("f" + i), content);
    }
  }

  private static void race(Engine engine, Path scratch, Path context, int rounds, PrintStream out)
      throws Exception {
    List<String> buildah = buildah(scratch, context, "--layers");
    List<String> buildahAnew = buildah(scratch, context, "--layers", "--no-cache");
    List<String> ownJvm = ownJvm(scratch, context);
    RoundRobin cold = new RoundRobin();
    cold.add(
        "seven steps, nothing cached",
        () -> engine.build(build -> build.context(context).tag("bench:1").noCache()));
    cold.add("buildah", () -> Peers.run(buildahAnew));
    cold.run(1, rounds);
    cold.print("build", "seven steps, nothing cached", out);
    RoundRobin cached = new RoundRobin();
    cached.add(
        "seven steps, cached, in this JVM",
        () -> engine.build(build -> build.context(context).tag("bench:1")));
    cached.add("in a JVM of its own", () -> Peers.run(ownJvm));
    cached.add("buildah", () -> Peers.run(buildah));
    cached.run(3, rounds);
    cached.print("build", "seven steps, cached, in this JVM", out);
    out.println("the JVM of its own, at most: " + output(ownJvm));
  }

  private static List<String> buildah(Path scratch, Path context, String... options) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "buildah",
                "--root=" + scratch.resolve("buildah"),
                "--runroot=" + scratch.resolve("buildah-run"),
                "--storage-driver=overlay",
                "build",
                "--quiet",
                "--isolation=chroot",
                "--network=host",
                "--tag=bench"));
    words.addAll(Arrays.asList(options));
    words.add(context.toString());
    return words;
  }

  private static List<String> ownJvm(Path scratch, Path context) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        BuildBenchmark.class.getName(),
        "once",
        scratch.resolve("store").toString(),
        context.toString());
  }

  private static String output(List<String> words) throws IOException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private static void many(Engine engine, Path scratch, PrintStream out) throws Exception {
    Path context = Files.createDirectory(scratch.resolve("many"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY tree /tree\n");
    files(context.resolve("tree"), MANY, 64);
    Thread.sleep(100); // a file that was made a moment ago is read again
    engine.build(build -> build.context(context));
    RoundRobin race = new RoundRobin();
    race.add("100,000 unchanged files", () -> engine.build(spec(context)));
    race.add("their attributes", () -> walk(context));
    race.run(2, 5);
    race.print("context", "100,000 unchanged files", out);
    out.println("a JVM of its own, at most: " + output(ownJvm(scratch, context)));
  }

  private static UnaryOperator<BuildSpec> spec(Path context) {
    return build -> build.context(context);
  }

  private static long walk(Path top) throws IOException {
    AtomicLong size = new AtomicLong();
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes unused)
              throws IOException {
            Map<String, Object> facts =
                Files.readAttributes(file, "unix:mode,size,ino,lastModifiedTime,ctime,uid,gid");
            size.addAndGet((long) facts.getOrDefault("size", 0L));
            return FileVisitResult.CONTINUE;
          }
        });
    return size.get();
  }
}
