package io.jollyboat.test;

import io.jollyboat.BuildContext;
import io.jollyboat.Container;
import io.jollyboat.ContainerId;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.Image;
import io.jollyboat.JollyboatException;
import io.jollyboat.NetworkMode;
import io.jollyboat.Progress;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A second Java process with an engine of its own: what happens to it must not disturb the first.
 */
public final class EngineJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader said;

  private EngineJvm(Process process) {
    this.process = process;
    said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * A process that runs a container with a command on busybox until it is killed; returns when it
   * runs.
   */
  public static EngineJvm running(Path root, String... command) {
    EngineJvm jvm = start(root, "run", command);
    jvm.expect("running");
    return jvm;
  }

  /** The same with a detached container without a network. */
  public static EngineJvm detaching(Path root, String... command) {
    EngineJvm jvm = start(root, "detach", command);
    jvm.expect("running");
    return jvm;
  }

  /** The same with a container whose root has 16 MiB, without a network. */
  public static EngineJvm runningLimited(Path root, String... command) {
    EngineJvm jvm = start(root, "limit", command);
    jvm.expect("running");
    return jvm;
  }

  /** A process that builds a recipe of some steps and runs the result a number of times. */
  public static EngineJvm building(Path root, String label, int runs) {
    return start(root, "build", label, String.valueOf(runs));
  }

  /**
   * A process that builds a Dockerfile, or the one in an archive; it says {@code running} when a
   * RUN runs, what that prints, and {@code done} at the end.
   */
  public static EngineJvm buildingFile(Path root, Path file) {
    return start(root, "file", file.toString());
  }

  /**
   * A process that builds images and starts, executes in and stops containers with the command
   * {@code sleep MARKER}, without end; returns when it has begun.
   */
  public static EngineJvm churning(Path root, String marker) {
    EngineJvm jvm = start(root, "churn", marker);
    jvm.expect("running");
    return jvm;
  }

  /**
   * A process that pulls, loads, builds, removes and prunes images for some rounds, each in another
   * order; returns when it has begun.
   *
   * @param reference is pulled
   * @param archive holds an image {@value StoreChurn#LOADED}
   */
  public static EngineJvm storing(
      Path root, String label, int rounds, String reference, Path archive) {
    EngineJvm jvm =
        start(root, "store", label, String.valueOf(rounds), reference, archive.toString());
    jvm.expect("running");
    return jvm;
  }

  /**
   * A process that may have few descriptors and starts containers until it is refused, then closes
   * these and starts another.
   */
  public static EngineJvm withFewDescriptors(Path root, int descriptors) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("sh", "-c", "ulimit -n " + descriptors + "; exec \"$@\"", "sh"));
    command.addAll(command(root, "crowd"));
    return start(command);
  }

  private static EngineJvm start(Path root, String task, String... words) {
    return start(command(root, task, words));
  }

  private static List<String> command(Path root, String task, String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(List.of(EngineJvm.class.getName(), root.toString(), task));
    command.addAll(List.of(words));
    return command;
  }

  private static EngineJvm start(List<String> command) {
    try {
      return new EngineJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads until this line. */
  public void expect(String line) {
    StringBuilder before = new StringBuilder();
    try {
      for (String read = said.readLine(); read != null; read = said.readLine()) {
        if (read.equals(line)) {
          return;
        }
        before.append(read).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError("the process ended without saying \"" + line + "\": " + before);
  }

  /** Sends it a line. */
  public void say(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends it a signal. */
  public void signal(String name) {
    String unused =
        Command.run(Duration.ofSeconds(10), "sh", "-c", "kill -" + name + " " + process.pid());
  }

  /** What followed this word in the lines that begin with it, to the end of the process. */
  public List<String> rest(String word) {
    return said.lines()
        .filter(line -> line.startsWith(word))
        .map(line -> line.substring(word.length()))
        .toList();
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** Returns when the process has closed its engine and ended by itself. */
  public void awaitEnd() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the process does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** SIGKILL; returns when the process is gone. What it said can still be read. */
  public void kill() throws InterruptedException {
    boolean signalled = process.toHandle().destroyForcibly();
    if (signalled || process.isAlive()) {
      process.waitFor();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
      said.close();
      process.getOutputStream().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Not called by the tests themselves. */
  public static void main(String[] words) throws IOException {
    List<String> rest = List.of(words).subList(2, words.length);
    try (Engine engine = Engine.builder().root(Path.of(words[0])).open()) {
      switch (words[1]) {
        case "run" -> run(engine, rest, run -> run.publish(8080));
        case "detach" -> run(engine, rest, run -> run.detached().network(NetworkMode.NONE));
        case "limit" ->
            run(engine, rest, run -> run.rootSize(Size.mib(16)).network(NetworkMode.NONE));
        case "build" -> build(engine, rest.get(0), Integer.parseInt(rest.get(1)));
        case "file" -> buildFile(engine, Path.of(rest.get(0)));
        case "churn" -> churn(engine, rest.get(0));
        case "store" -> new StoreChurn(engine, rest).run();
        default -> crowd(engine);
      }
    }
  }

  private static void run(Engine engine, List<String> command, UnaryOperator<ContainerSpec> options)
      throws IOException {
    try (Container container =
        engine.run(
            TestImages.BUSYBOX,
            run -> options.apply(run).command(command.toArray(new String[0])))) {
      System.out.println("running");
      obey(container);
      ExitStatus unexpected = container.awaitExit();
      System.out.println("ended with " + unexpected);
    }
  }

  /** Up to the end of input. */
  private static void obey(Container container) throws IOException {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      if (order.equals("logs")) {
        List<String> lines = container.logs().lines().toList();
        System.out.println(lines.size() + " lines, the last one " + lines.get(lines.size() - 1));
      }
    }
  }

  private static void build(Engine engine, String label, int runs) {
    Image image =
        Image.from(TestImages.BUSYBOX)
            .run("echo shared > /shared")
            .run("echo " + label + " > /own")
            .cmd("cat", "/own");
    for (int i = 0; i < runs; i++) {
      engine.build(image, build -> build.tag(label + ":latest"));
      try (Container container = engine.run(label, run -> run.network(NetworkMode.NONE))) {
        int code = container.awaitExit().code();
        if (code != 0 || !container.logs().strip().equals(label)) {
          throw new AssertionError(label + " " + code + ": " + container.logs());
        }
      }
    }
    System.out.println("done");
  }

  private static void buildFile(Engine engine, Path file) throws IOException {
    Progress told =
        new Progress() {
          @Override
          public void stepRunning(Step step, ContainerId container) {
            System.out.println("running");
          }

          @Override
          public void stepOutput(Step step, String text) {
            System.out.print(text);
          }
        };
    try (InputStream content = Files.newInputStream(file)) {
      StoredImage unused =
          engine.build(build -> build.context(BuildContext.stream(content)).progress(told));
    }
    System.out.println("done");
  }

  private static void churn(Engine engine, String marker) {
    System.out.println("running");
    for (int i = 0; ; i++) {
      String name = "churn" + marker + ":" + i;
      engine.build(
          Image.from(TestImages.BUSYBOX).run("echo " + name + " > /name"),
          build -> build.tag(name));
      System.out.println("built " + name);
      try (Container container =
          engine.run(TestImages.BUSYBOX, run -> run.publish(8080).command("sleep", marker))) {
        container.exec("true");
        container.stop(Duration.ZERO);
      }
    }
  }

  /** Where descriptors run out, no class can be loaded: all that is needed is loaded before. */
  private static void crowd(Engine engine) {
    sleeper(engine).close();
    try {
      engine.run(TestImages.BUSYBOX, run -> run.command("no-such-program")).close();
    } catch (JollyboatException expected) {
      System.out.println("refused once");
    }
    List<Container> containers = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        containers.add(sleeper(engine));
      }
    } catch (JollyboatException e) {
      System.out.println("refused");
    }
    containers.stream().filter(container -> !closes(container)).toList().forEach(Container::close);
    try (Container container = sleeper(engine)) {
      System.out.println(container.exec("echo", "again").out().strip());
    }
  }

  /** Deleting needs descriptors too; those of the first to be closed may not do. */
  private static boolean closes(Container container) {
    try {
      container.close();
      return true;
    } catch (JollyboatException e) {
      return false;
    }
  }

  private static Container sleeper(Engine engine) {
    return engine.run(
        TestImages.BUSYBOX, run -> run.network(NetworkMode.NONE).command("sleep", "600"));
  }
}
