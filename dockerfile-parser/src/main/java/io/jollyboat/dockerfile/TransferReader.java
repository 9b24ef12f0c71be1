package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads COPY and ADD. */
final class TransferReader {
  private final InstructionReader reader;
  private final List<Word> sources = new ArrayList<>();
  private final List<Heredoc> inline = new ArrayList<>();
  private Word destination = Word.literal("");

  private TransferReader(InstructionReader reader) {
    this.reader = reader;
  }

  static Copy copy(InstructionReader reader) {
    reader.flags().allow(Set.of("from", "chown", "chmod", "link", "parents"), Set.of("exclude"));
    TransferReader words = new TransferReader(reader);
    words.read("COPY");
    return new Copy(
        words.sources,
        words.inline,
        words.destination,
        words.placement(),
        words.from(),
        reader.flags().isSet("parents"),
        reader.range());
  }

  static Add add(InstructionReader reader) {
    reader
        .flags()
        .allow(
            Set.of("chown", "chmod", "link", "checksum", "unpack", "keep-git-dir"),
            Set.of("exclude"));
    TransferReader words = new TransferReader(reader);
    words.read("ADD");
    return new Add(
        words.sources,
        words.inline,
        words.destination,
        words.placement(),
        reader.flagWord("checksum"),
        reader.flags().choice("unpack"),
        reader.flags().isSet("keep-git-dir"),
        reader.range());
  }

  private Placement placement() {
    return new Placement(
        reader.flagWord("chown"),
        reader.flagWord("chmod"),
        reader.flags().isSet("link"),
        reader.flags().values("exclude"));
  }

  private Optional<String> from() {
    Optional<String> from = reader.flags().value("from");
    if (from.isPresent() && from.get().indexOf('$') >= 0) {
      throw reader
          .line()
          .error(
              reader.flags().offset("from"),
              "variable expansion is not supported for --from",
              "define a stage FROM it, using an ARG before the first FROM, and name that");
    }
    return from;
  }

  private void read(String name) {
    Json.Result json = reader.json(reader.rest());
    if (json.isJson()) {
      sources.addAll(reader.jsonWords(json));
    } else {
      Blanks.split(reader.rest().text()).forEach(piece -> readWord(reader.at(piece)));
    }
    int count = sources.size() + inline.size();
    if (count < 2) {
      throw reader
          .line()
          .error(
              reader.rest().offset(),
              name + " requires at least two arguments, but only " + count + " found",
              "write " + name + " source destination");
    }
    if (sources.isEmpty() || endsInHeredoc(json)) {
      throw reader
          .line()
          .error(reader.rest().offset(), name + " cannot accept a heredoc as a destination");
    }
    destination = sources.remove(sources.size() - 1);
  }

  private boolean endsInHeredoc(Json.Result json) {
    List<Piece> words = json.isJson() ? List.of() : Blanks.split(reader.rest().text());
    return !words.isEmpty()
        && HeredocWords.one(words.get(words.size() - 1).text()).isPresent()
        && !inline.isEmpty();
  }

  private void readWord(Piece word) {
    Optional<HeredocWords.Announced> heredoc = HeredocWords.one(word.text());
    int next = inline.size();
    boolean announced =
        heredoc.isPresent()
            && next < reader.heredocs().size()
            && reader.heredocs().get(next).name().equals(heredoc.get().name());
    if (announced) {
      inline.add(checked(reader.heredocs().get(next), word));
    } else {
      sources.add(reader.word(word));
    }
  }

  /** What would fail when it is expanded fails here, where the place is known. */
  private Heredoc checked(Heredoc heredoc, Piece word) {
    try {
      if (heredoc.expands()) {
        WordParser.checkBody(heredoc.text());
      }
      return heredoc;
    } catch (WordSyntaxException e) {
      throw reader
          .line()
          .error(
              word.offset(),
              "in the heredoc " + heredoc.name() + ": " + e.problem(),
              "quote its name, <<'" + heredoc.name() + "', to keep $ as it is");
    }
  }
}
