package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ContainerException;
import io.jollyboat.Health;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Wait;
import io.jollyboat.Wait.Condition;
import io.jollyboat.WaitTimeoutException;
import io.jollyboat.linux.network.NamespacePorts;
import io.jollyboat.linux.process.MonitoredProcess;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.userns.UserNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Waits until a container is ready. Not safe for use by several threads. */
final class Readiness {
  private static final int SHORTEST_MILLIS = 2;
  private static final int LONGEST_MILLIS = 100;

  private static final Duration HTTP_ANSWER = Duration.ofSeconds(5);

  private final IsolatedProcess isolated;
  private final MonitoredProcess process;
  private final String container;
  private final Supplier<Optional<Health>> health;

  private final Optional<UserNamespace> users;

  Readiness(IsolatedProcess isolated, String container, Supplier<Optional<Health>> health) {
    this.users = isolated.users();
    this.isolated = isolated;
    this.process = isolated.process();
    this.container = container;
    this.health = health;
  }

  void await(Wait wait) {
    if (wait.condition() instanceof Condition.All all) {
      all.conditions().forEach(this::await);
      return;
    }
    try (Check check = check(wait.condition())) {
      poll(wait, check);
    } catch (IOException | KernelException | IllegalStateException | UncheckedIOException e) {
      // What is asked of a process that ends meanwhile fails in one of these ways.
      throw process.isRunning()
          ? failed("cannot look whether " + wait.condition() + " is: " + e.getMessage(), e)
          : ended(wait, e);
    }
  }

  private ContainerException ended(Wait wait, @Nullable Throwable cause) {
    return failed("it ended before " + wait.condition() + " was ready", cause);
  }

  private void poll(Wait wait, Check check) throws IOException {
    long start = System.nanoTime();
    int pause = SHORTEST_MILLIS;
    while (true) {
      boolean ended = !process.isRunning();
      if (check.holds()) {
        return;
      }
      if (ended) {
        throw ended(wait, null);
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      if (waited.compareTo(wait.within()) > 0) {
        throw new WaitTimeoutException(
            "container "
                + container
                + " is not ready: "
                + wait
                + ", last seen: "
                + check.lastSeen(),
            waited,
            check.lastSeen());
      }
      sleep(pause);
      pause = Math.min(pause * 2, LONGEST_MILLIS);
    }
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("waiting for the container was interrupted", e);
    }
  }

  private ContainerException failed(String why, @Nullable Throwable cause) {
    String log = log();
    return new ContainerException(
        "container " + container + " is not ready: " + why + LastLines.of(log),
        "wait until ready",
        OptionalInt.empty(),
        log,
        cause);
  }

  private String log() {
    try {
      return process.logs();
    } catch (UncheckedIOException e) {
      return ""; // closed meanwhile
    }
  }

  private Check check(Condition condition) {
    if (condition instanceof Condition.Port port) {
      return new PortCheck(port.port());
    }
    if (condition instanceof Condition.Http http) {
      return new HttpCheck(http.port(), http.path());
    }
    if (condition instanceof Condition.Healthy) {
      return new HealthCheck();
    }
    return new LogCheck(Pattern.compile(((Condition.Log) condition).regex()));
  }

  /** One condition being watched. */
  private interface Check extends AutoCloseable {
    boolean holds() throws IOException;

    String lastSeen();

    @Override
    default void close() throws IOException {}
  }

  private NamespacePorts ports() {
    return NamespacePorts.of(process.identity(), isolated.address(), users);
  }

  private final class PortCheck implements Check {
    private final NamespacePorts ports = ports();
    private final int port;

    PortCheck(int port) {
      this.port = port;
    }

    @Override
    public boolean holds() {
      return ports.accepts(port);
    }

    @Override
    public void close() {
      ports.close();
    }

    @Override
    public String lastSeen() {
      return "nothing accepts connections on port " + port;
    }
  }

  private final class HttpCheck implements Check {
    private final NamespacePorts ports = ports();
    private final int port;
    private final String path;
    private OptionalInt status = OptionalInt.empty();

    HttpCheck(int port, String path) {
      this.port = port;
      this.path = path;
    }

    @Override
    public boolean holds() {
      status = ports.httpStatus(port, path, HTTP_ANSWER);
      return status.isPresent() && status.getAsInt() >= 200 && status.getAsInt() < 400;
    }

    @Override
    public void close() {
      ports.close();
    }

    @Override
    public String lastSeen() {
      return status.isPresent()
          ? "HTTP status " + status.getAsInt()
          : "no HTTP answer on port " + port;
    }
  }

  private final class HealthCheck implements Check {
    private Optional<Health> last = Optional.empty();

    @Override
    public boolean holds() {
      last = health.get();
      if (last.isEmpty()) {
        throw new ConflictException(
            "container " + container + " has no health check: add health(...) to its specification",
            container);
      }
      return last.get().status() == Health.Status.HEALTHY;
    }

    @Override
    public String lastSeen() {
      return last.map(Object::toString).orElse("no check");
    }
  }

  private final class LogCheck implements Check {
    private final Pattern pattern;
    private final InputStream output = process.output();
    private final StringBuilder line = new StringBuilder();

    LogCheck(Pattern pattern) {
      this.pattern = pattern;
    }

    @Override
    public boolean holds() throws IOException {
      int available = output.available();
      while (available > 0) {
        line.append(new String(output.readNBytes(available), StandardCharsets.UTF_8));
        available = output.available();
      }
      for (String text : line.toString().split("\n", -1)) {
        if (pattern.matcher(text).find()) {
          return true;
        }
      }
      line.delete(0, line.lastIndexOf("\n") + 1);
      return false;
    }

    @Override
    public String lastSeen() {
      return line.isEmpty() ? "no matching line" : "\"" + line + "\"";
    }

    @Override
    public void close() throws IOException {
      output.close();
    }
  }
}
