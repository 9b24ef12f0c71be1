package io.jollyboat.store;

import io.jollyboat.Size;
import io.jollyboat.SizeReport;
import io.jollyboat.SizeReport.Hidden;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Lays the names of layers over one another, the lowest first, and keeps account of what goes out
 * of sight. Not safe for use by several threads.
 */
final class SizeCount {
  private static final Comparator<Hidden> LARGEST_FIRST =
      Comparator.comparing((Hidden file) -> file.size().bytes())
          .reversed()
          .thenComparing(Hidden::path)
          .thenComparing(Hidden::layer);

  private final LayerTrees trees;
  private final NavigableMap<String, Content> names = new TreeMap<>();
  private final List<SizeReport.Layer> layers = new ArrayList<>();
  private final List<Gone> gone = new ArrayList<>();

  SizeCount(LayerTrees trees) {
    this.trees = trees;
  }

  /** A file's bytes, which are seen as long as one of their names is. */
  private static final class Content {
    final String path;
    final long size;
    final int layer;
    int names = 1;

    Content(String path, long size, int layer) {
      this.path = path;
      this.size = size;
      this.layer = layer;
    }
  }

  private record Gone(Content content, int hiddenBy) {}

  SizeReport count(List<Layer> chain, ImageConfig config) throws IOException {
    List<String> steps =
        config.history().stream()
            .filter(entry -> !entry.emptyLayer())
            .map(History::createdBy)
            .toList();
    for (int i = 0; i < chain.size(); i++) {
      add(chain.get(i), i, i < steps.size() ? steps.get(i) : "");
    }
    List<Hidden> hidden = new ArrayList<>();
    for (Gone one : gone) {
      Content content = one.content();
      boolean deleted = !names.containsKey(content.path);
      hidden.add(
          new Hidden(
              "/" + content.path, new Size(content.size), content.layer, one.hiddenBy(), deleted));
    }
    hidden.sort(LARGEST_FIRST);
    return new SizeReport(layers, hidden);
  }

  private void add(Layer layer, int place, String step) throws IOException {
    Tally tally = new Tally(place);
    try (LayerTree tree = trees.open(layer.tree())) {
      tree.forEach((entry, content) -> tally.visit(entry));
    }
    layers.add(
        new SizeReport.Layer(
            layer.diffId(), step, new Size(tally.size), tally.files, tally.deletions));
  }

  private final class Tally {
    private final int place;
    private final Map<String, Content> own = new HashMap<>();
    long size;
    int files;
    int deletions;

    Tally(int place) {
      this.place = place;
    }

    void visit(TreeEntry entry) {
      StoreFiles.checkInterrupt("reading the names of a layer");
      String path = entry.path();
      switch (entry.kind()) {
        case WHITEOUT -> {
          deletions++;
          hide(path);
          hideBelow(path);
        }
        case DIRECTORY -> directory(entry);
        case FILE -> {
          files++;
          size += entry.size();
          put(path, new Content(path, entry.size(), place));
        }
        case HARD_LINK -> {
          Content first = own.get(entry.link());
          if (first != null) {
            first.names++;
            put(path, first);
          }
        }
        default -> put(path, new Content(path, 0, place));
      }
    }

    private void directory(TreeEntry entry) {
      Content before = names.get(entry.path());
      if (before != null) {
        hide(entry.path());
      }
      if (entry.opaque()) {
        deletions++;
        hideBelow(entry.path());
      }
    }

    private void put(String path, Content content) {
      hide(path);
      hideBelow(path);
      names.put(path, content);
      own.put(path, content);
    }

    private void hide(String path) {
      Content hidden = names.remove(path);
      if (hidden != null) {
        out(hidden);
      }
    }

    private void hideBelow(String path) {
      // The character after the slash, so that the range is all that begins with "path/".
      Map<String, Content> below =
          path.isEmpty() ? names : names.subMap(path + "/", true, path + "0", false);
      below.values().forEach(this::out);
      below.clear();
    }

    private void out(Content content) {
      content.names--;
      if (content.names == 0 && content.size > 0) {
        gone.add(new Gone(content, place));
      }
    }
  }
}
