package io.jollyboat.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Size;
import io.jollyboat.SizeReport;
import io.jollyboat.SizeReport.Hidden;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageConfigBuilder;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What layers add and what they hide of one another. */
class SizeCountTest {
  private static final FileAttributes PLAIN = new FileAttributes(0644, 0, 0, Instant.EPOCH);

  private final PlainLayerTrees trees = new PlainLayerTrees();
  private final List<Layer> layers = new ArrayList<>();
  private Path directory;

  @BeforeEach
  void prepare(@TempDir Path temporary) {
    directory = temporary;
  }

  private interface Content {
    void with(TreeWriter writer) throws IOException;
  }

  private void layer(Content content) throws IOException {
    Path tree = directory.resolve("layer" + layers.size());
    try (TreeWriter writer = trees.create(tree)) {
      content.with(writer);
      writer.finish();
    }
    Digest diffId = Digest.sha256(tree.toString().getBytes(UTF_8));
    layers.add(
        new Layer(new ChainId(diffId), diffId, Optional.empty(), tree, new Size(0), List.of()));
  }

  private static void file(TreeWriter writer, String path, int size) throws IOException {
    writer.write(TreeEntry.file(path, PLAIN, size), new ByteArrayInputStream(new byte[size]));
  }

  private static void other(TreeWriter writer, TreeEntry entry) throws IOException {
    writer.write(entry, InputStream.nullInputStream());
  }

  private SizeReport count() throws IOException {
    ImageConfigBuilder config = ImageConfig.builder(Platform.current());
    for (int i = 0; i < layers.size(); i++) {
      config.layer(layers.get(i).diffId(), History.of(Instant.EPOCH, "RUN step " + i));
      config.history(History.empty(Instant.EPOCH, "ENV a=b"));
    }
    return new SizeCount(trees).count(layers, config.build());
  }

  @Test
  void count_replacedAndDeletedFiles_areHidden() throws IOException {
    layer(
        writer -> {
          file(writer, "etc/kept", 5);
          file(writer, "etc/changed", 10);
          file(writer, "tmp/a/big", 1000);
          file(writer, "tmp/a.b", 7);
        });
    layer(
        writer -> {
          file(writer, "etc/changed", 20);
          other(writer, TreeEntry.whiteout("tmp/a", PLAIN));
        });
    layer(writer -> file(writer, "etc/changed", 30));
    SizeReport report = count();

    assertEquals(
        List.of(
            new Hidden("/tmp/a/big", new Size(1000), 0, 1, true),
            new Hidden("/etc/changed", new Size(20), 1, 2, false),
            new Hidden("/etc/changed", new Size(10), 0, 1, false)),
        report.hidden());
    assertEquals(
        List.of(1022L, 20L, 30L), report.layers().stream().map(l -> l.size().bytes()).toList());
    assertEquals(List.of(0, 1, 0), report.layers().stream().map(l -> l.deletions()).toList());
    assertEquals("RUN step 1", report.layers().get(1).step());
    assertEquals(new Size(1072), report.total());
    assertEquals(new Size(1030), report.wasted());
    assertEquals(42.0 / 1072, report.efficiency(), 1e-9);
  }

  @Test
  void count_fileInPlaceOfADirectory_hidesWhatWasInIt() throws IOException {
    layer(writer -> file(writer, "d/e/f", 9));
    layer(writer -> other(writer, TreeEntry.symlink("d", PLAIN, "elsewhere")));
    assertEquals(List.of(new Hidden("/d/e/f", new Size(9), 0, 1, true)), count().hidden());
  }

  @Test
  void count_noLayers_wastesNothing() throws IOException {
    assertEquals(1.0, count().efficiency());
    assertEquals(new Size(0), count().total());
  }

  @Test
  void table_ofHostileNames_hasNoControlCharacters() throws IOException {
    layer(writer -> file(writer, "a\u001b[2Jb", 9));
    layer(writer -> other(writer, TreeEntry.whiteout("a\u001b[2Jb", PLAIN)));
    String table = count().toString();

    assertTrue(table.contains("/a?[2Jb"), table);
    assertTrue(table.contains("total 9B, wasted 9B, efficiency 0 %"), table);
    assertTrue(table.lines().anyMatch(line -> line.matches("0 +9B +1 +9B +RUN step 0")), table);
  }
}
