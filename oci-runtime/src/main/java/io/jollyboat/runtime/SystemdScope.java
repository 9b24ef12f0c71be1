package io.jollyboat.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A transient scope unit, delegated to us, in which a container has its group: systemd sees the
 * container as one of its units, and leaves alone what we write below. See systemd.scope(5),
 * systemd-run(1), and systemd's CGROUP_DELEGATION. Immutable.
 *
 * @param slice its name, {@code machine.slice} say
 * @param unit with {@code .scope}
 */
record SystemdScope(String slice, String unit) {
  /** Below the scope, as limits that were written to its own group would be systemd's to change. */
  private static final String GROUP = "container";

  private static final String NAME = "[A-Za-z0-9:_.@-]+";
  private static final String READY = "ready";
  private static final int LIMIT_SECONDS = 60;

  /**
   * @param cgroupsPath {@code slice:prefix:name}, as systemd's drivers of other runtimes have it;
   *     without it a scope below the system's slice
   */
  static SystemdScope of(String id, Optional<String> cgroupsPath) {
    String[] parts = cgroupsPath.orElse(":jollyboat-runtime:" + id).split(":", -1);
    if (parts.length != 3 || parts[2].isEmpty()) {
      throw new RuntimeFailure(
          "linux.cgroupsPath: with --systemd-cgroup it has the form slice:prefix:name, not \""
              + cgroupsPath.orElse("")
              + "\"");
    }
    String slice = parts[0].isEmpty() ? "system.slice" : parts[0];
    String unit = (parts[1].isEmpty() ? "" : parts[1] + "-") + parts[2] + ".scope";
    if (!slice.matches(NAME) || !slice.endsWith(".slice") || !unit.matches(NAME)) {
      throw new RuntimeFailure(
          "linux.cgroupsPath: " + slice + " and " + unit + " are no names of a slice and a scope");
    }
    return new SystemdScope(slice, unit);
  }

  /** The container's group, from the top of the hierarchy. */
  String path() {
    StringBuilder path = new StringBuilder();
    String name = slice.substring(0, slice.length() - ".slice".length());
    if (!name.equals("-")) { // the root slice
      for (int dash = name.indexOf('-'); dash >= 0; dash = name.indexOf('-', dash + 1)) {
        path.append('/').append(name, 0, dash).append(".slice");
      }
      path.append('/').append(slice);
    }
    return path.append('/').append(unit).append('/').append(GROUP).toString();
  }

  /** What keeps a scope from being collected until the container is in it. */
  record Anchor(Optional<Process> process) implements AutoCloseable {
    static final Anchor NONE = new Anchor(Optional.empty());

    @Override
    public void close() {
      try {
        if (process.isPresent()) {
          process.get().destroy();
          boolean unused = process.get().waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Asks systemd for the scope.
   *
   * @param group the directory of {@link #path}: made, with the anchor in it, since a group that
   *     has processes passes no controllers down
   */
  Anchor start(Path group) {
    if (!Files.isDirectory(Path.of("/run/systemd/system"))) {
      throw new RuntimeFailure(
          "--systemd-cgroup: systemd does not run here; use the cgroupfs manager");
    }
    List<String> words =
        List.of(
            "systemd-run",
            "--scope",
            "--quiet",
            "--collect",
            "--unit=" + unit,
            "--slice=" + slice,
            "--description=container " + unit,
            "--property=Delegate=yes",
            "--property=TasksMax=infinity",
            "--",
            "cat");
    Process process = begin(words);
    Anchor anchor = new Anchor(Optional.of(process));
    try {
      awaitScope(process);
      Files.createDirectory(group);
      Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
      return anchor;
    } catch (IOException e) {
      anchor.close();
      throw new RuntimeFailure("cannot use the scope " + unit + ": " + e, e);
    } catch (RuntimeException e) {
      anchor.close();
      throw e;
    }
  }

  /** The program of a scope replaces systemd-run once the scope is there; this one answers then. */
  private void awaitScope(Process process) throws IOException {
    process.getOutputStream().write((READY + "\n").getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String answer = answers.readLine();
    if (!READY.equals(answer)) {
      String rest = answers.lines().collect(Collectors.joining(" "));
      throw new RuntimeFailure(
          "systemd does not make the scope " + unit + ": " + (answer == null ? "" : answer) + rest);
    }
  }

  /** Ends a scope that its processes have left; systemd may have collected it already. */
  static void end(String unit) {
    Process process = begin(List.of("systemctl", "--quiet", "stop", unit));
    try {
      process.getOutputStream().close();
      boolean unused = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new RuntimeFailure("cannot run systemctl: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process begin(List<String> words) {
    try {
      return new ProcessBuilder(words).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new RuntimeFailure("--systemd-cgroup needs " + words.get(0) + ": " + e.getMessage(), e);
    }
  }
}
