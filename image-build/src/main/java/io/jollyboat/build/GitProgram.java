package io.jollyboat.build;

import io.jollyboat.InterruptedOperationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs this machine's git with nothing of the user's configuration, no hooks, no questions, and
 * only the protocols of {@link GitAddress}: a Dockerfile may be a stranger's. Immutable.
 */
final class GitProgram {
  private static final int MOST_OUTPUT = 4 << 20;
  private static final Set<String> PROXIES =
      Set.of("http_proxy", "https_proxy", "all_proxy", "no_proxy");

  /** Neither programs nor files of this machine come into play through a repository. */
  private static final List<String> OPTIONS =
      List.of(
          "-c", "core.hooksPath=/dev/null",
          "-c", "core.fsmonitor=false",
          "-c", "protocol.file.allow=never",
          "-c", "protocol.ext.allow=never",
          "-c", "http.lowSpeedLimit=1",
          "-c", "http.lowSpeedTime=60",
          // Nothing of it runs on by itself.
          "-c", "gc.auto=0",
          "-c", "maintenance.auto=false",
          "-c", "advice.detachedHead=false");

  private final Path directory;
  private final Optional<Path> agent;

  /**
   * @param directory where it runs, and its home
   * @param agent for ssh
   */
  GitProgram(Path directory, Optional<Path> agent) {
    this.directory = directory;
    this.agent = agent;
  }

  /** What it prints. */
  String run(String... words) throws IOException {
    StringBuilder text = new StringBuilder();
    stream(
        (bytes, count) -> {
          if (text.length() < MOST_OUTPUT) {
            text.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
          }
        },
        words);
    return text.toString();
  }

  /** Told what git prints as it comes; what it throws ends git. */
  interface Output {
    void take(byte[] bytes, int count) throws IOException;
  }

  /** Hands on what it prints, however much that is. */
  void stream(Output output, String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of("git"));
    all.addAll(OPTIONS);
    all.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(all).directory(directory.toFile()).redirectErrorStream(true);
    environment(builder.environment());
    Process process = start(builder);
    LastOutput last = new LastOutput(output);
    try {
      process.getOutputStream().close();
      read(process, last);
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("git " + words[0] + " failed: " + last.text().strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("interrupted while git " + words[0] + " ran", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      Process unused = process.destroyForcibly();
    }
  }

  /** Remembers the end of what is handed on, for an error. */
  private static final class LastOutput implements Output {
    private final Output output;
    private String last = "";

    LastOutput(Output output) {
      this.output = output;
    }

    @Override
    public void take(byte[] bytes, int count) throws IOException {
      String both = last + new String(bytes, 0, count, StandardCharsets.UTF_8);
      last = both.substring(Math.max(0, both.length() - 4000));
      output.take(bytes, count);
    }

    String text() {
      return last;
    }
  }

  private static Process start(ProcessBuilder builder) throws IOException {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new IOException(
          "ADD of a git repository needs the program git, which cannot be started: install it ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  /** Polled, so that an interrupt ends it whatever git waits for. */
  private static void read(Process process, Output output)
      throws IOException, InterruptedException {
    try (InputStream in = process.getInputStream()) {
      byte[] buffer = new byte[1 << 16];
      while (in.available() > 0 || process.isAlive()) {
        if (in.available() == 0) {
          Thread.sleep(5);
          continue;
        }
        int count = in.read(buffer, 0, Math.min(buffer.length, in.available()));
        output.take(buffer, Math.max(0, count));
      }
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        output.take(buffer, count);
      }
    }
  }

  private void environment(Map<String, String> variables) {
    variables
        .keySet()
        .removeIf(name -> !name.equals("PATH") && !PROXIES.contains(name.toLowerCase(Locale.ROOT)));
    variables.put("HOME", directory.toString());
    variables.put("LC_ALL", "C");
    variables.put("GIT_CONFIG_NOSYSTEM", "1");
    variables.put("GIT_CONFIG_GLOBAL", "/dev/null");
    variables.put("GIT_TERMINAL_PROMPT", "0");
    variables.put("GIT_ASKPASS", "true");
    variables.put("GIT_ALLOW_PROTOCOL", "http:https:ssh:git");
    variables.put("GIT_SSH_COMMAND", "ssh -F none -o BatchMode=yes");
    agent.ifPresent(socket -> variables.put("SSH_AUTH_SOCK", socket.toString()));
  }
}
