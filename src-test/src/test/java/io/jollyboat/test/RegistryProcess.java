package io.jollyboat.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The CNCF distribution registry as a process of its own on a free port of the loopback device,
 * with storage of its own that goes away with it. Plain HTTP, no credentials, deletion allowed.
 * Safe for use by several threads.
 */
public final class RegistryProcess implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final Path directory;
  private final int port;
  private final Process process;
  private final boolean open;

  private RegistryProcess(Path directory, int port, Process process, boolean open) {
    this.open = open;
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  /** Returns when the registry answers. */
  public static RegistryProcess start() {
    return start("", "");
  }

  /**
   * One that wants proof of who asks; returns when it listens.
   *
   * @param http more of its configuration's section {@code http}, indented by two blanks
   * @param sections whole sections of it
   */
  public static RegistryProcess start(String http, String sections) {
    Path program = Command.find("docker-registry");
    try {
      Path directory = Files.createTempDirectory("jollyboat-registry");
      int port = freePort();
      Path configuration =
          Files.writeString(
              directory.resolve("registry.yml"), yaml(directory, port) + http + sections);
      Process process =
          new ProcessBuilder(List.of(program.toString(), "serve", configuration.toString()))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
      boolean open = (http + sections).isEmpty();
      RegistryProcess registry = new RegistryProcess(directory, port, process, open);
      registry.awaitAnswer();
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code 127.0.0.1:PORT}, what stands before the first slash of a reference. */
  public String host() {
    return "127.0.0.1:" + port;
  }

  /** The full reference of a name in this registry: {@code 127.0.0.1:PORT/name}. */
  public String reference(String name) {
    return host() + "/" + name;
  }

  public int port() {
    return port;
  }

  /** What the registry logged so far: one line per request, with method, path and status. */
  public String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a blob lies in the registry's storage, for tests that damage one. */
  public Path blob(String hex) {
    return directory.resolve(
        "storage/docker/registry/v2/blobs/sha256/" + hex.substring(0, 2) + "/" + hex + "/data");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
      Trees.delete(directory);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String yaml(Path directory, int port) {
    return """
        version: 0.1
        log:
          level: info
          accesslog:
            disabled: false
        storage:
          filesystem:
            rootdirectory: %s/storage
          delete:
            enabled: true
        http:
          addr: 127.0.0.1:%d
        """
        .formatted(directory, port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitAnswer() throws IOException {
    long end = System.nanoTime() + START.toNanos();
    while (!(open ? answers() : listens())) {
      if (!process.isAlive() || System.nanoTime() > end) {
        String log = log();
        close();
        throw new AssertionError("the registry does not answer on port " + port + ": " + log);
      }
      pause();
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private boolean answers() {
    try {
      URI uri = URI.create("http://" + host() + "/v2/");
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(10_000);
      connection.setReadTimeout(10_000);
      try {
        return connection.getResponseCode() == 200;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while the registry started", e);
    }
  }
}
