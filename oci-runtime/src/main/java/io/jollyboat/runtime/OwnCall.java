package io.jollyboat.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How this program was called, for a call of its own later.
 *
 * @param line all words after the program's name
 * @param command how many of them, the last ones, are the command and what belongs to it
 */
record OwnCall(List<String> line, int command) {
  private static final Path PROGRAM = Path.of("/proc/self/exe");
  private static final Path WORDS = Path.of("/proc/self/cmdline");

  OwnCall {
    line = List.copyOf(line);
  }

  /** Another command with the same global flags: a program's path and its arguments. */
  List<String> with(String... other) {
    try {
      String[] words = Files.readString(WORDS, StandardCharsets.UTF_8).split("\0", -1);
      List<String> call = new ArrayList<>();
      call.add(Files.readSymbolicLink(PROGRAM).toString());
      // The last word ends with a NUL, so there is an empty one after it.
      call.addAll(List.of(words).subList(1, words.length - 1 - line.size()));
      call.addAll(line.subList(0, line.size() - command));
      call.addAll(List.of(other));
      return call;
    } catch (IOException e) {
      throw new RuntimeFailure("cannot read how this program was called: " + e.getMessage(), e);
    }
  }
}
