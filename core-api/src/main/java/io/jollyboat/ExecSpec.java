package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A command to run in a container that runs. What is not said is as the container has it. A value.
 */
@CheckReturnValue
public final class ExecSpec {
  private final Options options;

  private ExecSpec(Options options) {
    this.options = options;
  }

  /** Words that are executed as they are, by no shell. */
  public static ExecSpec of(String... words) {
    if (words.length == 0) {
      throw new IllegalArgumentException("there is no command to execute");
    }
    Options options = new Options();
    options.words = List.of(words);
    return new ExecSpec(options);
  }

  /** {@code user[:group]}, names of the image's passwd and group, or numbers. */
  public ExecSpec user(String user) {
    return with(changed -> changed.user = Optional.of(user));
  }

  /** Sets a variable beside the container's; its value does not appear in {@code toString}. */
  public ExecSpec env(String name, String value) {
    return with(
        changed -> {
          Map<String, String> copy = new LinkedHashMap<>(changed.env);
          copy.put(name, value);
          changed.env = Collections.unmodifiableMap(copy);
        });
  }

  /** An absolute path that exists. */
  public ExecSpec workdir(String path) {
    return with(changed -> changed.workdir = Optional.of(path));
  }

  /** On a terminal of its own, of 24 rows and 80 columns. */
  public ExecSpec tty() {
    return tty(24, 80);
  }

  /** On a terminal of its own. */
  public ExecSpec tty(int rows, int columns) {
    TerminalSize size = new TerminalSize(rows, columns);
    return with(changed -> changed.tty = Optional.of(size));
  }

  /** Keeps standard input open; otherwise it is empty. */
  public ExecSpec interactive() {
    return with(changed -> changed.interactive = true);
  }

  /** With every capability that this process has, and without the filter of system calls. */
  public ExecSpec privileged() {
    return with(changed -> changed.privileged = true);
  }

  public List<String> words() {
    return options.words;
  }

  public Optional<String> user() {
    return options.user;
  }

  public Map<String, String> env() {
    return options.env;
  }

  public Optional<String> workdir() {
    return options.workdir;
  }

  /** The size of its terminal, if it has one. */
  public Optional<TerminalSize> terminal() {
    return options.tty;
  }

  /** Whether {@link #interactive()} was asked for. */
  public boolean stdinOpen() {
    return options.interactive;
  }

  /** Whether {@link #privileged()} was asked for. */
  public boolean unconfined() {
    return options.privileged;
  }

  private ExecSpec with(Consumer<Options> change) {
    Options copy = options.copy();
    change.accept(copy);
    return new ExecSpec(copy);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExecSpec that && options.values().equals(that.options.values());
  }

  @Override
  public int hashCode() {
    return options.values().hashCode();
  }

  @Override
  public String toString() {
    return options.words + (options.env.isEmpty() ? "" : ", env " + options.env.keySet());
  }

  private static final class Options extends CopiedOptions<Options> {
    List<String> words = List.of();
    Optional<String> user = Optional.empty();
    Map<String, String> env = Map.of();
    Optional<String> workdir = Optional.empty();
    Optional<TerminalSize> tty = Optional.empty();
    boolean interactive;
    boolean privileged;

    List<Object> values() {
      List<Object> values = new ArrayList<>();
      Collections.addAll(values, words, user, env, workdir, tty, interactive, privileged);
      return values;
    }
  }
}
