package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * When a container counts as ready. A value. The default time is 60 seconds; the wait ends at once
 * when the container does. Ports are asked inside the container, not through a published port.
 */
@CheckReturnValue
public final class Wait {
  private static final Duration DEFAULT = Duration.ofSeconds(60);

  private final Condition condition;
  private final Duration within;

  private Wait(Condition condition, Duration within) {
    this.condition = condition;
    this.within = within;
  }

  /** Until something accepts TCP connections on a port of the container. */
  public static Wait forPort(int containerPort) {
    return new Wait(new Condition.Port(Ports.check(containerPort)), DEFAULT);
  }

  /** Until a line of the container's output, of either stream, contains a match. */
  public static Wait forLog(String regex) {
    return new Wait(new Condition.Log(Pattern.compile(regex).pattern()), DEFAULT);
  }

  /**
   * Until a GET of a path is answered with a status of 200 to 399.
   *
   * @param path begins with a slash
   */
  public static Wait forHttp(int containerPort, String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("an HTTP path begins with a slash: \"" + path + "\"");
    }
    return new Wait(new Condition.Http(Ports.check(containerPort), path), DEFAULT);
  }

  /** Until its health check says that it is well. */
  public static Wait forHealthy() {
    return new Wait(new Condition.Healthy(), DEFAULT);
  }

  /** Until all conditions have held, each within its own time. */
  public static Wait all(Wait... conditions) {
    List<Wait> list = List.of(conditions);
    Duration longest = list.stream().map(Wait::within).max(Duration::compareTo).orElse(DEFAULT);
    return new Wait(new Condition.All(list), longest);
  }

  /** The same condition with another time limit. */
  public Wait within(Duration timeout) {
    return new Wait(condition, timeout);
  }

  public Duration within() {
    return within;
  }

  public Condition condition() {
    return condition;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Wait that
        && condition.equals(that.condition)
        && within.equals(that.within);
  }

  @Override
  public int hashCode() {
    return Objects.hash(condition, within);
  }

  @Override
  public String toString() {
    return condition + " within " + within.toSeconds() + " s";
  }

  /** What is waited for. Immutable. */
  public sealed interface Condition {
    /** A TCP port that accepts. */
    record Port(int port) implements Condition {
      @Override
      public String toString() {
        return "port " + port;
      }
    }

    /** A line that contains a match. */
    record Log(String regex) implements Condition {
      @Override
      public String toString() {
        return "log line /" + regex + "/";
      }
    }

    /** A path that is answered. */
    record Http(int port, String path) implements Condition {
      @Override
      public String toString() {
        return "http port " + port + " " + path;
      }
    }

    /** A health check that says so. */
    record Healthy() implements Condition {
      @Override
      public String toString() {
        return "health check";
      }
    }

    /** All of several. */
    record All(List<Wait> conditions) implements Condition {
      public All {
        conditions = List.copyOf(conditions);
      }
    }
  }
}
