package io.jollyboat.dockerfile;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code ADD [--chown=…] [--chmod=…] [--link] [--exclude=…] [--checksum=…] [--unpack[=…]]
 * [--keep-git-dir] source … destination}: COPY that also unpacks archives and fetches addresses.
 *
 * @param sources paths with wildcards, http addresses, git repositories
 * @param inline files whose content stands in the Dockerfile
 * @param checksum of the one http or git source
 * @param unpack empty: local archives are unpacked, fetched ones are not
 */
public record Add(
    List<Word> sources,
    List<Heredoc> inline,
    Word destination,
    Placement placement,
    Optional<Word> checksum,
    Optional<Boolean> unpack,
    boolean keepGitDir,
    SourceRange range)
    implements Transfer {

  public Add {
    sources = sources.stream().map(Word::joined).toList();
    inline = List.copyOf(inline);
    destination = destination.joined();
    checksum = checksum.map(Word::joined);
    TransferText.check(sources, inline, "ADD");
  }

  /** An ADD that lacks its destination. */
  public static final class Sources {
    private final List<Word> sources;

    private Sources(List<Word> sources) {
      this.sources = sources;
    }

    /** A path in the image, relative to the working directory; with a slash at the end, into it. */
    public Add to(String destination) {
      return to(Word.literal(destination));
    }

    public Add to(Word destination) {
      return new Add(
          sources,
          List.of(),
          destination,
          Placement.NORMAL,
          Optional.empty(),
          Optional.empty(),
          false,
          SourceRange.NONE);
    }
  }

  /** Paths, literally but for the wildcards {@code * ? [}, or addresses. */
  public static Sources of(String... sources) {
    return new Sources(Stream.of(sources).map(Word::literal).toList());
  }

  /** Paths and addresses, variables in them expanded. */
  public static Sources of(Word... sources) {
    return new Sources(List.of(sources));
  }

  /** {@code user[:group]}. */
  public Add chown(String owner) {
    return with(placement.chown(Word.literal(owner)));
  }

  /** {@code user[:group]}, expanded. */
  public Add chown(Word owner) {
    return with(placement.chown(owner));
  }

  /** Octal or symbolic, expanded. */
  public Add chmod(Word mode) {
    return with(placement.chmod(mode));
  }

  /** Octal or symbolic. */
  public Add chmod(String mode) {
    return with(placement.chmod(Word.literal(mode)));
  }

  /** As a layer of its own. */
  public Add link() {
    return with(placement.linked());
  }

  /** Leaves out what a pattern of {@code .dockerignore} matches. */
  public Add exclude(String pattern) {
    return with(placement.exclude(pattern));
  }

  /** {@code sha256:…}. */
  public Add checksum(String digest) {
    return new Add(
        sources,
        inline,
        destination,
        placement,
        Optional.of(Word.literal(digest)),
        unpack,
        keepGitDir,
        range);
  }

  /** Whether archives are unpacked, wherever they come from. */
  public Add unpack(boolean value) {
    return new Add(
        sources, inline, destination, placement, checksum, Optional.of(value), keepGitDir, range);
  }

  /** Keeps {@code .git} of a git source. */
  public Add withGitDir() {
    return new Add(sources, inline, destination, placement, checksum, unpack, true, range);
  }

  private Add with(Placement other) {
    return new Add(sources, inline, destination, other, checksum, unpack, keepGitDir, range);
  }

  @Override
  public String keyword() {
    return "ADD";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitAdd(this);
  }

  @Override
  public Add expanded(Lookup variables) {
    return Expansion.of(
        this,
        variables,
        expansion ->
            new Add(
                expansion.words(sources),
                expansion.bodies(inline),
                expansion.word(destination),
                placement.expanded(expansion),
                expansion.word(checksum),
                unpack,
                keepGitDir,
                range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Add that && facts().equals(that.facts());
  }

  @Override
  public int hashCode() {
    return facts().hashCode();
  }

  private List<Object> facts() {
    return List.of(sources, inline, destination, placement, checksum, unpack, keepGitDir);
  }

  @Override
  public String toString() {
    return TransferText.print(
        this,
        new InstructionText(keyword())
            .flag("checksum", checksum)
            .flag("unpack", unpack)
            .flag("keep-git-dir", keepGitDir));
  }
}
