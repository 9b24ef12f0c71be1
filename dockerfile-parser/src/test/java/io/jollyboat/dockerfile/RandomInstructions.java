package io.jollyboat.dockerfile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Supplier;

/** Instructions of every kind, with every flag, from awkward text; the same for the same seed. */
final class RandomInstructions {
  private static final String AWKWARD =
      "abcXYZ019 \t\"'\\$`#<>[]{}()-_=,.:;/*?!@%+~^|&\u00A0\u00E9\u201C\u2014\uD83D\uDE80";

  private final Random random;

  RandomInstructions(long seed) {
    this.random = new Random(seed);
  }

  Instruction next() {
    return switch (random.nextInt(18)) {
      case 0 -> Workdir.of(word());
      case 1 -> User.of(word());
      case 2 -> StopSignal.of(word());
      case 3 -> new Env(some(this::pair), SourceRange.NONE);
      case 4 -> new Label(some(this::pair), SourceRange.NONE);
      case 5 -> new Arg(some(this::declaration), SourceRange.NONE);
      case 6 -> Volume.of("/" + text(), "x" + text());
      case 7 -> new Expose(List.of(Word.of("80"), Word.of("$ports")), SourceRange.NONE);
      case 8 -> Cmd.exec(text(), text());
      case 9 -> new Entrypoint(command(), SourceRange.NONE);
      case 10 -> Shell.of(text(), text());
      case 11 -> Maintainer.of("m" + text() + ".");
      case 12 -> healthcheck();
      case 13 -> copy();
      case 14 -> add();
      case 15 -> Onbuild.of(random.nextBoolean() ? run() : copy());
      case 16 -> From.of(Word.of("a$b")).as("S" + random.nextInt(9)).platform("linux/" + text());
      default -> run();
    };
  }

  private Run run() {
    Run run =
        random.nextBoolean()
            ? Run.shell("x" + text() + (random.nextBoolean() ? "\n" + text() : "") + "y")
            : Run.exec(text(), text());
    for (int i = random.nextInt(3); i > 0; i--) {
      run = run.mount(mount());
    }
    run = random.nextBoolean() ? run.network(Run.Network.NONE) : run;
    return random.nextBoolean() ? run.security(Run.Security.INSECURE) : run;
  }

  private RunMount mount() {
    return switch (random.nextInt(5)) {
      case 0 -> RunMount.bind("/b" + text()).source(text()).from("f" + text());
      case 1 -> RunMount.cache("/c" + text()).sharing(RunMount.Sharing.LOCKED).with("uid", "7");
      case 2 -> RunMount.tmpfs("/t" + text()).with("size", "64m");
      case 3 -> RunMount.secret("id" + text()).env("E").required();
      default -> RunMount.ssh().id(text()).with("mode", "0600");
    };
  }

  private Copy copy() {
    Copy.Sources sources =
        random.nextInt(3) == 0
            ? Copy.text("F" + random.nextInt(9), text() + "\n\t$x\n")
            : Copy.of(text(), "y" + text());
    Copy copy = random.nextInt(3) == 0 ? sources.to("/to") : sources.to(destination(sources));
    copy = random.nextBoolean() ? copy.from(text().replace("$", "") + "s") : copy;
    copy = random.nextBoolean() ? copy.chown(text()) : copy;
    copy = random.nextBoolean() ? copy.chmod("u=rwX,go-w") : copy;
    copy = random.nextBoolean() ? copy.exclude("e" + text()) : copy;
    return random.nextBoolean() ? copy.link().withParents() : copy;
  }

  /** A heredoc's line has no JSON form: blanks cannot be in it. */
  private Word destination(Copy.Sources sources) {
    boolean inline = !sources.to("x").inline().isEmpty();
    return inline ? Word.of("/d/$x") : word();
  }

  private Add add() {
    Add add = Add.of("http://" + text(), text()).to(word());
    add = random.nextBoolean() ? add.checksum("sha256:" + text()) : add;
    add = random.nextBoolean() ? add.unpack(random.nextBoolean()) : add;
    return random.nextBoolean() ? add.withGitDir().chown("1:2") : add.link();
  }

  private Healthcheck healthcheck() {
    if (random.nextInt(4) == 0) {
      return Healthcheck.none();
    }
    return new Healthcheck(
        Optional.of(command()),
        Optional.of(Duration.ofMillis(1 + random.nextInt(10_000_000))),
        maybe(() -> Duration.ofNanos(1_000_000 + random.nextInt(1_000_000_000))),
        maybe(() -> Duration.ofHours(30)),
        maybe(() -> Duration.ZERO),
        random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(9)),
        SourceRange.NONE);
  }

  private Command command() {
    if (random.nextBoolean()) {
      return new Command.Exec(some(this::text));
    }
    try {
      return ShellText.line("x" + text());
    } catch (IllegalArgumentException notOneLine) {
      return new Command.Shell("true");
    }
  }

  private KeyValue pair() {
    return new KeyValue(Word.literal("k" + text().replace("=", "")), word());
  }

  private Arg.Declaration declaration() {
    return new Arg.Declaration(Word.literal("a" + text().replace("=", "")), maybe(this::word));
  }

  /** Literal text, or text of the language. */
  Word word() {
    if (random.nextBoolean()) {
      return Word.literal(text());
    }
    StringBuilder raw = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      raw.append(random.nextBoolean() ? Word.literal(text()).raw() : variable(3));
    }
    try {
      return Word.of(raw.toString());
    } catch (DockerfileSyntaxException unreadable) {
      return Word.of("$fallback");
    }
  }

  private String variable(int depth) {
    String name = List.of("x", "PATH", "1", "@", "long_name").get(random.nextInt(5));
    String inner = depth > 0 && random.nextBoolean() ? variable(depth - 1) : text();
    String operator =
        List.of("-", ":-", "+", ":+", "?", ":?", "#", "##", "%", "%%", "/", "//")
            .get(random.nextInt(12));
    String replacement = operator.startsWith("/") ? "/" + inner : "";
    return switch (random.nextInt(4)) {
      case 0 -> "$" + name;
      case 1 -> "\"${" + name + operator + inner + replacement + "}\"";
      case 2 -> "${" + name + operator + inner + replacement + "}";
      default -> "${" + name + "}";
    };
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(7); i > 0; i--) {
      int at =
          AWKWARD.offsetByCodePoints(
              0, random.nextInt(AWKWARD.codePointCount(0, AWKWARD.length())));
      text.appendCodePoint(AWKWARD.codePointAt(at));
    }
    return random.nextInt(4) == 0 ? "plain" + text.length() : text.toString().strip();
  }

  private <T> List<T> some(Supplier<T> one) {
    List<T> some = new ArrayList<>(List.of(one.get()));
    for (int i = random.nextInt(3); i > 0; i--) {
      some.add(one.get());
    }
    return some;
  }

  private <T> Optional<T> maybe(Supplier<T> one) {
    return random.nextBoolean() ? Optional.of(one.get()) : Optional.empty();
  }

  static String describe(Instruction instruction) {
    return instruction.keyword().toLowerCase(Locale.ROOT) + ": " + instruction;
  }
}
