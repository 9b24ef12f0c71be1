package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** What RUN, CMD, ENTRYPOINT and HEALTHCHECK execute: a text for a shell, or words. */
public sealed interface Command {

  /**
   * The arguments of the process.
   *
   * @param shell what stands before a shell text, e.g. {@code /bin/sh -c}
   */
  List<String> arguments(List<String> shell);

  /** Given to the shell as it is; variables in it are the shell's. */
  record Shell(String text) implements Command {
    @Override
    public List<String> arguments(List<String> shell) {
      List<String> arguments = new ArrayList<>(shell);
      arguments.add(text);
      return List.copyOf(arguments);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Executed as they are, by no shell. */
  record Exec(List<String> words) implements Command {
    public Exec {
      words = List.copyOf(words);
    }

    @Override
    public List<String> arguments(List<String> shell) {
      return words;
    }

    @Override
    public String toString() {
      return Json.print(words);
    }
  }
}
