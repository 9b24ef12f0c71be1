package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Whether a container that has ended is started again, while an engine is open on its root. The
 * pause before it is 100 ms and doubles up to a minute; it starts anew once the container has run
 * for ten seconds. A value.
 */
@CheckReturnValue
public final class RestartPolicy {
  private final Kind kind;
  private final OptionalInt most;

  private RestartPolicy(Kind kind, OptionalInt most) {
    this.kind = kind;
    this.most = most;
  }

  /** What a policy does at a container's end. */
  public enum Kind {
    NO,
    ON_FAILURE,
    ALWAYS,
    UNLESS_STOPPED
  }

  /** Never. */
  public static RestartPolicy no() {
    return new RestartPolicy(Kind.NO, OptionalInt.empty());
  }

  /** After an exit code other than 0. */
  public static RestartPolicy onFailure() {
    return new RestartPolicy(Kind.ON_FAILURE, OptionalInt.empty());
  }

  /** After an exit code other than 0, at most so often in a row. */
  public static RestartPolicy onFailure(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("a number of restarts is at least 1, not " + most);
    }
    return new RestartPolicy(Kind.ON_FAILURE, OptionalInt.of(most));
  }

  /** After every end but one by {@code stop}; when an engine opens, after that too. */
  public static RestartPolicy always() {
    return new RestartPolicy(Kind.ALWAYS, OptionalInt.empty());
  }

  /** After every end but one by {@code stop}. */
  public static RestartPolicy unlessStopped() {
    return new RestartPolicy(Kind.UNLESS_STOPPED, OptionalInt.empty());
  }

  /**
   * Reads {@code no}, {@code on-failure}, {@code on-failure:3}, {@code always} or {@code
   * unless-stopped}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static RestartPolicy parse(String text) {
    return switch (text) {
      case "no" -> no();
      case "on-failure" -> onFailure();
      case "always" -> always();
      case "unless-stopped" -> unlessStopped();
      default -> {
        if (text.matches("on-failure:[0-9]{1,9}")) {
          yield onFailure(Integer.parseInt(text.substring(text.indexOf(':') + 1)));
        }
        throw new IllegalArgumentException(
            "a restart policy is no, on-failure[:N], always or unless-stopped, not \""
                + text
                + "\"");
      }
    };
  }

  public Kind kind() {
    return kind;
  }

  /** How often in a row, with {@link Kind#ON_FAILURE}; empty: without limit. */
  public OptionalInt most() {
    return most;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RestartPolicy that && kind == that.kind && most.equals(that.most);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, most);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return switch (kind) {
      case NO -> "no";
      case ALWAYS -> "always";
      case UNLESS_STOPPED -> "unless-stopped";
      case ON_FAILURE -> "on-failure" + (most.isPresent() ? ":" + most.getAsInt() : "");
    };
  }
}
