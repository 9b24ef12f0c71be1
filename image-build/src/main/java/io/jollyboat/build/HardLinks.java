package io.jollyboat.build;

import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Which names of a plan are one file. Not safe for use by several threads. */
final class HardLinks {
  private final Map<String, Object> files = new HashMap<>();

  /** Says that two names are one file. */
  void add(String first, String second) {
    files.put(second, files.computeIfAbsent(first, name -> new Object()));
  }

  /** A name that is something else now. */
  void forget(String name) {
    files.remove(name);
  }

  /**
   * The pieces as a layer has them: the first name of a file is the file, the others link to it.
   */
  Collection<Piece> written(SortedMap<String, Piece> planned) {
    if (files.isEmpty()) {
      return planned.values();
    }
    Map<Object, String> seen = new HashMap<>();
    List<Piece> all = new ArrayList<>();
    planned.forEach((name, piece) -> all.add(linked(name, piece, seen)));
    return all;
  }

  private Piece linked(String name, Piece piece, Map<Object, String> seen) {
    Object file = files.get(name);
    if (file == null || piece.entry().kind() != Kind.FILE) {
      return piece;
    }
    String first = seen.putIfAbsent(file, name);
    return first == null
        ? piece
        : Piece.withoutContent(TreeEntry.hardLink(name, piece.entry().attributes(), first));
  }
}
