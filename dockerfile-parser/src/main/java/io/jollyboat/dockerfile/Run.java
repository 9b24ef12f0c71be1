package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code RUN [--mount=…] [--network=…] [--security=…] [--device=…] command | ["word", …]}, with
 * heredocs below the line.
 *
 * @param heredocs in the order they are announced in the command's text
 * @param devices names of devices, as {@code --device} has them
 */
public record Run(
    Command command,
    List<Heredoc> heredocs,
    List<RunMount> mounts,
    Network network,
    Security security,
    List<String> devices,
    SourceRange range)
    implements Instruction {

  /** {@code --network}. */
  public enum Network {
    DEFAULT,
    NONE,
    HOST
  }

  /** {@code --security}. */
  public enum Security {
    SANDBOX,
    INSECURE
  }

  public Run {
    heredocs = List.copyOf(heredocs);
    mounts = List.copyOf(mounts);
    devices = List.copyOf(devices);
    if (command instanceof Command.Exec && !heredocs.isEmpty()) {
      throw new IllegalArgumentException("RUN as a list of words cannot have a heredoc");
    }
  }

  /** Text for the shell, as many lines as you like: several become a heredoc. */
  public static Run shell(String text) {
    String line = Blanks.trim(text);
    if (line.isEmpty()) {
      throw new IllegalArgumentException("RUN needs a command");
    }
    if (ShellText.fitsOneLine(line)) {
      return of(new Command.Shell(line), List.of());
    }
    Heredoc script = ShellText.script(text);
    return of(new Command.Shell(script.word()), List.of(script));
  }

  /** Words that are executed as they are, by no shell. */
  public static Run exec(String... words) {
    if (words.length == 0) {
      throw new IllegalArgumentException("RUN needs a command");
    }
    return of(new Command.Exec(List.of(words)), List.of());
  }

  private static Run of(Command command, List<Heredoc> heredocs) {
    return new Run(
        command,
        heredocs,
        List.of(),
        Network.DEFAULT,
        Security.SANDBOX,
        List.of(),
        SourceRange.NONE);
  }

  /** A directory that outlives the build, shared with other builds; its id is its path. */
  public Run cache(String target) {
    return mount(RunMount.cache(target));
  }

  /** A secret as the file {@code /run/secrets/id}. */
  public Run secret(String id) {
    return mount(RunMount.secret(id));
  }

  /** A secret as this file. */
  public Run secret(String id, String target) {
    return mount(RunMount.secret(id).target(target));
  }

  /** The caller's ssh agent, as {@code SSH_AUTH_SOCK} names it. */
  public Run ssh() {
    return mount(RunMount.ssh());
  }

  /** An empty directory in memory that is gone afterwards. */
  public Run tmpfs(String target) {
    return mount(RunMount.tmpfs(target));
  }

  /** A part of the build context, read-only. */
  public Run bind(String source, String target) {
    return mount(RunMount.bind(target).source(source));
  }

  public Run mount(RunMount mount) {
    List<RunMount> more = new ArrayList<>(mounts);
    more.add(mount);
    return new Run(command, heredocs, more, network, security, devices, range);
  }

  public Run network(Network mode) {
    return new Run(command, heredocs, mounts, mode, security, devices, range);
  }

  public Run security(Security mode) {
    return new Run(command, heredocs, mounts, network, mode, devices, range);
  }

  /**
   * The file to execute when the command is only a heredoc that begins with {@code #!}; its name
   * below {@code /dev/pipes} is the heredoc's.
   */
  public Optional<Heredoc> script() {
    return onlyHeredoc() && heredocs.get(0).content().startsWith("#!")
        ? Optional.of(heredocs.get(0))
        : Optional.empty();
  }

  /**
   * The arguments of the process: the words, or the shell and its text. A heredoc alone is the
   * text; beside a command it follows it, and the shell reads it. Of a {@link #script} the caller
   * executes the file instead.
   */
  public List<String> arguments(List<String> shell) {
    if (heredocs.isEmpty()) {
      return command.arguments(shell);
    }
    if (onlyHeredoc()) {
      return new Command.Shell(heredocs.get(0).text()).arguments(shell);
    }
    StringBuilder text = new StringBuilder(command.toString());
    heredocs.forEach(heredoc -> text.append(heredoc.block()));
    return new Command.Shell(text.toString()).arguments(shell);
  }

  private boolean onlyHeredoc() {
    String text = command.toString();
    return heredocs.size() == 1
        && HeredocWords.one(text).isPresent()
        && NameValues.split(text, '\\').size() == 1; // else there is a command after the word
  }

  @Override
  public String keyword() {
    return "RUN";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitRun(this);
  }

  @Override
  public Run expanded(Lookup variables) {
    return Expansion.of(
        this,
        variables,
        e ->
            new Run(
                command,
                heredocs,
                mounts.stream().map(m -> m.expanded(e)).toList(),
                network,
                security,
                devices,
                range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Run that && facts().equals(that.facts());
  }

  @Override
  public int hashCode() {
    return facts().hashCode();
  }

  private List<Object> facts() {
    return List.of(command, heredocs, mounts, network, security, devices);
  }

  @Override
  public String toString() {
    return new InstructionText(keyword())
        .flag("mount", mounts)
        .flag("network", changed(network, Network.DEFAULT))
        .flag("security", changed(security, Security.SANDBOX))
        .flag("device", devices)
        .with(command.toString(), heredocs);
  }

  private static Optional<String> changed(Enum<?> value, Enum<?> standard) {
    return Objects.equals(value, standard)
        ? Optional.empty()
        : Optional.of(value.name().toLowerCase(Locale.ROOT));
  }
}
