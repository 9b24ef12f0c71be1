package io.jollyboat.dockerfile;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The text of COPY and ADD, and the check that both make. */
final class TransferText {
  private TransferText() {}

  static String print(Transfer transfer, InstructionText flags) {
    return transfer.placement().flags(flags).with(words(transfer), transfer.inline());
  }

  static void check(List<Word> sources, List<Heredoc> inline, String keyword) {
    if (sources.isEmpty() && inline.isEmpty()) {
      throw new IllegalArgumentException(keyword + " needs at least one source");
    }
  }

  private static String words(Transfer transfer) {
    if (transfer.inline().isEmpty()) {
      return InstructionText.list(
          Stream.concat(transfer.sources().stream(), Stream.of(transfer.destination())).toList());
    }
    return Stream.of(
            transfer.sources().stream().map(Word::raw),
            transfer.inline().stream().map(Heredoc::word),
            Stream.of(transfer.destination().raw()))
        .flatMap(words -> words)
        .collect(Collectors.joining(" "));
  }
}
