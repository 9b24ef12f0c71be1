package io.jollyboat.dockerfile;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/** Reads one instruction from its line. */
final class InstructionReader {
  static final Set<String> KEYWORDS =
      Set.of(
          "ADD",
          "ARG",
          "CMD",
          "COPY",
          "ENTRYPOINT",
          "ENV",
          "EXPOSE",
          "FROM",
          "HEALTHCHECK",
          "LABEL",
          "MAINTAINER",
          "ONBUILD",
          "RUN",
          "SHELL",
          "STOPSIGNAL",
          "USER",
          "VOLUME",
          "WORKDIR");
  private static final Set<String> WITH_HEREDOC = Set.of("RUN", "COPY", "ADD");

  private static final Set<String> NOT_TRIGGERS = Set.of("FROM", "ONBUILD", "MAINTAINER");

  private final LineReader reader;
  private final LogicalLine line;
  private final Piece keyword;
  private final String name;
  private final Flags flags;
  private final Piece rest;
  private final SourceRange range;
  private final List<Heredoc> heredocs;

  private InstructionReader(LineReader reader, LogicalLine line, Piece text) {
    this.reader = reader;
    this.line = line;
    this.keyword = firstWord(text);
    this.name = keyword.text().toUpperCase(Locale.ROOT);
    this.flags = Flags.read(line, text.from(keyword.text().length()));
    this.rest = flags.rest();
    boolean mayHave = WITH_HEREDOC.contains(name) && !Json.strings(rest.text()).isJson();
    this.heredocs = mayHave ? reader.heredocs(line, HeredocWords.find(rest.text())) : List.of();
    this.range = line.range(keyword.offset());
  }

  /** Reads the heredocs below the line too. */
  static Instruction read(LineReader reader, LogicalLine line) {
    Piece text = new Piece(line.text(), 0).from(Blanks.skip(line.text(), 0));
    return new InstructionReader(reader, line, text).instruction();
  }

  static Piece firstWord(Piece text) {
    int end = 0;
    while (end < text.text().length() && !Blanks.isSeparator(text.text().charAt(end))) {
      end++;
    }
    return new Piece(text.text().substring(0, end), text.offset());
  }

  private Instruction instruction() {
    if (!KEYWORDS.contains(name)) {
      throw unknown();
    }
    try {
      return dispatch();
    } catch (IllegalArgumentException e) {
      throw line.error(rest.offset(), String.valueOf(e.getMessage()));
    }
  }

  private DockerfileSyntaxException unknown() {
    String found = keyword.text();
    int blank = 0;
    while (blank < found.length() && !Blanks.isBlank(found.charAt(blank))) {
      blank++;
    }
    String suggestion =
        blank < found.length()
            ? "a no-break space follows " + found.substring(0, blank) + ": type an ordinary one"
            : Suggestion.of(found, KEYWORDS, "did you mean ");
    return line.error(keyword.offset(), "unknown instruction: " + found, suggestion);
  }

  private Instruction dispatch() {
    return switch (name) {
      case "FROM" -> from();
      case "RUN" -> RunReader.read(this);
      case "COPY" -> TransferReader.copy(this);
      case "ADD" -> TransferReader.add(this);
      case "HEALTHCHECK" -> healthcheck();
      default -> withoutFlags();
    };
  }

  private Instruction withoutFlags() {
    flags.allow(Set.of(), Set.of());
    return switch (name) {
      case "ARG" -> new Arg(PairReader.declarations(this), range);
      case "CMD" -> new Cmd(command(rest), range);
      case "ENTRYPOINT" -> new Entrypoint(command(rest), range);
      case "ENV" -> new Env(PairReader.pairs(this), range);
      case "LABEL" -> new Label(PairReader.pairs(this), range);
      case "EXPOSE" -> new Expose(atLeastOne(words()), range);
      case "VOLUME" -> new Volume(atLeastOne(wordsOrJson()), range);
      case "SHELL" -> shell();
      case "ONBUILD" -> onbuild();
      case "MAINTAINER" -> new Maintainer(one().text(), range);
      case "STOPSIGNAL" -> new StopSignal(word(one()), range);
      case "USER" -> new User(word(one()), range);
      case "WORKDIR" -> new Workdir(word(one()), range);
      default -> throw new IllegalStateException(name);
    };
  }

  String name() {
    return name;
  }

  LogicalLine line() {
    return line;
  }

  Flags flags() {
    return flags;
  }

  Piece rest() {
    return rest;
  }

  SourceRange range() {
    return range;
  }

  List<Heredoc> heredocs() {
    return heredocs;
  }

  char escape() {
    return reader.escape();
  }

  private Instruction from() {
    flags.allow(Set.of("platform"), Set.of());
    List<Piece> words = Blanks.split(rest.text());
    boolean named = words.size() == 3 && words.get(1).text().equalsIgnoreCase("AS");
    if (words.size() != 1 && !named) {
      throw line.error(
          words.isEmpty() ? keyword.offset() : rest.offset(),
          "FROM requires either one or three arguments",
          "write FROM image or FROM image AS name");
    }
    Word image = word(at(words.get(0)));
    Optional<Word> platform = flagWord("platform");
    From from = new From(image, platform, Optional.empty(), range);
    return named ? checked(at(words.get(2)), name -> from.as(name.text())) : from;
  }

  private Instruction healthcheck() {
    flags.allow(
        Set.of("interval", "timeout", "start-period", "start-interval", "retries"), Set.of());
    Piece type = firstWord(one());
    Piece after = rest.from(Blanks.skip(rest.text(), type.text().length()));
    boolean none = type.text().equalsIgnoreCase("NONE");
    if (!none && !type.text().equalsIgnoreCase("CMD")) {
      String problem = "unknown type " + type.text() + " in HEALTHCHECK";
      throw line.error(type.offset(), problem, "write HEALTHCHECK CMD command");
    }
    if (none && !after.text().isEmpty()) {
      throw line.error(after.offset(), "HEALTHCHECK NONE takes no arguments");
    }
    if (none) {
      flags.allow(Set.of(), Set.of());
    } else if (after.text().isEmpty()) {
      throw line.error(type.offset(), "missing command after HEALTHCHECK CMD");
    }
    return new Healthcheck(
        none ? Optional.empty() : Optional.of(command(after)),
        flags.value("interval").map(GoDuration::parse),
        flags.value("timeout").map(GoDuration::parse),
        flags.value("start-period").map(GoDuration::parse),
        flags.value("start-interval").map(GoDuration::parse),
        flags.value("retries").map(InstructionReader::retries).orElse(OptionalInt.empty()),
        range);
  }

  private static OptionalInt retries(String text) {
    if (!text.matches("[+-]?[0-9]{1,9}")) {
      throw new IllegalArgumentException("invalid number for --retries: " + text);
    }
    return OptionalInt.of(Integer.parseInt(text));
  }

  private Instruction shell() {
    Json.Result json = json(rest);
    if (!json.isJson()) {
      throw line.error(
          rest.offset(),
          "SHELL requires the arguments to be in JSON form",
          "write SHELL [\"/bin/sh\", \"-c\"], with straight double quotes");
    }
    return new Shell(json.strings(), range);
  }

  private Instruction onbuild() {
    String triggered = firstWord(one()).text().toUpperCase(Locale.ROOT);
    if (NOT_TRIGGERS.contains(triggered)) {
      throw line.error(rest.offset(), triggered + " isn't allowed as an ONBUILD trigger");
    }
    Instruction trigger = new InstructionReader(reader, line, one()).instruction();
    return new Onbuild(trigger, line.range(keyword.offset()));
  }

  /** Made, or what was refused as an error at the place. */
  <T> T checked(Piece place, Function<Piece, T> made) {
    try {
      return made.apply(place);
    } catch (IllegalArgumentException e) {
      throw line.error(place.offset(), String.valueOf(e.getMessage()));
    }
  }

  /** The rest, which must not be empty. */
  Piece one() {
    if (rest.text().isEmpty()) {
      throw line.error(keyword.offset(), name + " requires at least one argument");
    }
    return rest;
  }

  private <T> List<T> atLeastOne(List<T> words) {
    if (words.isEmpty()) {
      throw line.error(keyword.offset(), name + " requires at least one argument");
    }
    return words;
  }

  List<Word> words() {
    return Blanks.split(rest.text()).stream().map(p -> word(at(p))).toList();
  }

  private List<Word> wordsOrJson() {
    Json.Result json = json(rest);
    return json.isJson() ? jsonWords(json) : words();
  }

  List<Word> jsonWords(Json.Result json) {
    return json.strings().stream().map(s -> word(new Piece(s, rest.offset()))).toList();
  }

  /** A list of words where the text is a JSON array, otherwise text for the shell. */
  Command command(Piece text) {
    Json.Result json = json(text);
    return json.isJson() ? new Command.Exec(json.strings()) : new Command.Shell(text.text());
  }

  Json.Result json(Piece text) {
    Json.Result json = Json.strings(text.text());
    if (json.isJson() && !json.onlyStrings()) {
      throw line.error(text.offset(), "only strings are allowed in the JSON form of " + name);
    }
    return json;
  }

  Optional<Word> flagWord(String flag) {
    return flags.value(flag).map(v -> word(new Piece(v, flags.offset(flag))));
  }

  /** A piece of the rest as a piece of the line. */
  Piece at(Piece ofRest) {
    return new Piece(ofRest.text(), rest.offset() + ofRest.offset());
  }

  Word word(Piece piece) {
    try {
      return Word.read(piece.text(), escape());
    } catch (WordSyntaxException e) {
      throw line.error(piece.offset() + e.offset(), e.problem());
    }
  }
}
