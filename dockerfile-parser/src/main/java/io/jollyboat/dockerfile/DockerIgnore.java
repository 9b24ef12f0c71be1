package io.jollyboat.dockerfile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@code .dockerignore} file: which paths of a build context are left out. The last pattern that
 * matches a path or a directory above it decides. Immutable.
 */
public final class DockerIgnore {
  private static final DockerIgnore NOTHING = new DockerIgnore(List.of());

  private final List<IgnorePattern> patterns;
  private final boolean hasExceptions;

  private DockerIgnore(List<IgnorePattern> patterns) {
    this.patterns = List.copyOf(patterns);
    this.hasExceptions = patterns.stream().anyMatch(IgnorePattern::isException);
  }

  /** Of no file. */
  public static DockerIgnore none() {
    return NOTHING;
  }

  /**
   * Lines of the file: {@code #} in the first column is a comment, {@code !} an exception.
   *
   * @throws DockerfileSyntaxException a malformed pattern, or a {@code !} alone
   */
  public static DockerIgnore parse(String text) {
    return parse(text, ".dockerignore");
  }

  /**
   * @param fileName what errors call it
   * @throws DockerfileSyntaxException a malformed pattern, or a {@code !} alone
   */
  public static DockerIgnore parse(String text, String fileName) {
    List<IgnorePattern> patterns = new ArrayList<>();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = i == 0 && lines[i].startsWith("\uFEFF") ? lines[i].substring(1) : lines[i];
      if (line.startsWith("#") || Blanks.trim(line).isEmpty()) {
        continue;
      }
      try {
        patterns.add(IgnorePattern.ofLine(Blanks.trim(line)));
      } catch (IllegalArgumentException e) {
        SourceRange range = new SourceRange(fileName, i + 1, 1, i + 1);
        String problem = String.valueOf(e.getMessage());
        throw new DockerfileSyntaxException(problem, range, line, "");
      }
    }
    return patterns.isEmpty() ? NOTHING : new DockerIgnore(patterns);
  }

  /**
   * What a build leaves out of a context: the file beside the Dockerfile that is named as it is and
   * {@code .dockerignore}, else the context's own.
   *
   * @param dockerfile where it was read from, when it was a file
   * @throws UncheckedIOException a file that cannot be read
   * @throws DockerfileSyntaxException a malformed pattern, or a {@code !} alone
   */
  public static DockerIgnore ofContext(Path context, Optional<Path> dockerfile) {
    return dockerfile
        .map(file -> file.resolveSibling(file.getFileName() + ".dockerignore"))
        .filter(Files::exists)
        .map(DockerIgnore::read)
        .orElseGet(() -> read(context.resolve(".dockerignore")));
  }

  private static DockerIgnore read(Path file) {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return parse(text, file.toString());
    } catch (NoSuchFileException e) {
      return none();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Of patterns, each as a line; for {@code COPY --exclude}. */
  public static DockerIgnore of(List<String> patterns) {
    return parse(String.join("\n", patterns), "--exclude");
  }

  /**
   * Whether a path is left out.
   *
   * @param path relative to the context, with slashes, no {@code .} or {@code ..} in it
   */
  public boolean excludes(String path) {
    boolean excluded = false;
    for (IgnorePattern pattern : patterns) {
      if (pattern.isException() == excluded && pattern.matchesOrContains(path)) {
        excluded = !excluded;
      }
    }
    return excluded;
  }

  /**
   * Whether nothing below a directory can be included: it is left out, and no exception reaches
   * into it.
   */
  public boolean excludesAllBelow(String directory) {
    if (!excludes(directory)) {
      return false;
    }
    return !hasExceptions
        || patterns.stream().noneMatch(p -> p.isException() && p.mayMatchBelow(directory));
  }

  public boolean isEmpty() {
    return patterns.isEmpty();
  }
}
