package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Reads RUN. */
final class RunReader {
  private RunReader() {}

  static Run read(InstructionReader reader) {
    Flags flags = reader.flags();
    flags.allow(Set.of("network", "security"), Set.of("mount", "device"));
    Piece rest = reader.rest();
    Command command = reader.command(rest);
    if (command.equals(new Command.Shell("")) || command.equals(new Command.Exec(List.of()))) {
      throw reader.line().error(rest.offset(), "RUN requires a command");
    }
    return new Run(
        command,
        reader.heredocs(),
        mounts(reader),
        one(reader, "network", Run.Network.values(), Run.Network.DEFAULT),
        one(reader, "security", Run.Security.values(), Run.Security.SANDBOX),
        flags.values("device"),
        reader.range());
  }

  private static List<RunMount> mounts(InstructionReader reader) {
    List<RunMount> mounts = new ArrayList<>();
    for (Flags.Flag flag : reader.flags().all("mount")) {
      String value = reader.flags().valueOf(flag);
      try {
        mounts.add(MountOptions.parse(value, reader.escape()));
      } catch (WordSyntaxException e) {
        throw reader.line().error(flag.offset(), "in --mount: " + e.problem());
      } catch (IllegalArgumentException e) {
        throw reader.line().error(flag.offset(), String.valueOf(e.getMessage()));
      }
    }
    return mounts;
  }

  private static <T extends Enum<T>> T one(
      InstructionReader reader, String flag, T[] values, T standard) {
    String given = reader.flags().value(flag).orElse(standard.name());
    for (T value : values) {
      if (value.name().equals(given.toUpperCase(Locale.ROOT))) {
        return value;
      }
    }
    List<String> names = Stream.of(values).map(v -> v.name().toLowerCase(Locale.ROOT)).toList();
    throw reader
        .line()
        .error(
            reader.flags().offset(flag),
            flag + " mode \"" + given + "\" is not known: " + String.join(", ", names));
  }
}
