package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How COPY and ADD put files into the image: the flags that both have.
 *
 * @param chown {@code user[:group]}, names or numbers
 * @param chmod octal or symbolic
 * @param link as a layer of its own, independent of what is below
 * @param excludes patterns of {@code .dockerignore}; variables are not expanded in them
 */
public record Placement(
    Optional<Word> chown, Optional<Word> chmod, boolean link, List<String> excludes) {
  static final Placement NORMAL =
      new Placement(Optional.empty(), Optional.empty(), false, List.of());

  public Placement {
    chown = chown.map(Word::joined);
    chmod = chmod.map(Word::joined);
    excludes = List.copyOf(excludes);
  }

  Placement chown(Word owner) {
    return new Placement(Optional.of(owner), chmod, link, excludes);
  }

  Placement chmod(Word mode) {
    return new Placement(chown, Optional.of(mode), link, excludes);
  }

  Placement linked() {
    return new Placement(chown, chmod, true, excludes);
  }

  Placement exclude(String pattern) {
    List<String> more = new ArrayList<>(excludes);
    more.add(pattern);
    return new Placement(chown, chmod, link, more);
  }

  Placement expanded(Expansion expansion) {
    return new Placement(expansion.word(chown), expansion.word(chmod), link, excludes);
  }

  InstructionText flags(InstructionText text) {
    return text.flag("chown", chown)
        .flag("chmod", chmod)
        .flag("link", link)
        .flag("exclude", excludes);
  }
}
