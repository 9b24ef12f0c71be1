package io.jollyboat.test;

import io.jollyboat.Container;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.Image;
import io.jollyboat.NetworkMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

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

  /** A process that builds a recipe of some steps and runs the result a number of times. */
  public static EngineJvm building(Path root, String label, int runs) {
    return start(root, "build", label, String.valueOf(runs));
  }

  private static EngineJvm start(Path root, String task, String... words) {
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

  /** SIGKILL; returns when the process is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
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
      if (words[1].equals("run")) {
        run(engine, rest);
      } else {
        build(engine, rest.get(0), Integer.parseInt(rest.get(1)));
      }
    }
  }

  private static void run(Engine engine, List<String> command) throws IOException {
    try (Container container =
        engine.run(
            TestImages.BUSYBOX, run -> run.publish(8080).command(command.toArray(new String[0])))) {
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
}
