package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.StoredImage;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each folder below {@code builds} is built here and by Buildah: the file trees and the
 * configurations are the same. A new case needs no Java; {@link BuildCase} says what a folder
 * holds.
 */
@IntegrationTest
class FidelityIT {
  private static Buildah buildah;
  private static TestStore store;

  @BeforeAll
  static void open(RegistryProcess registry, @TempDir Path directory) {
    buildah = Buildah.in(directory, TestImages.make(), TestImages.BUSYBOX);
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void close() {
    store.close();
  }

  /** All of them, or those that {@code -Dbuilds} names while one is made. */
  static List<String> names() throws IOException {
    String chosen = System.getProperty("builds", "");
    if (!chosen.isEmpty()) {
      return List.of(chosen.split(",", -1));
    }
    try (Stream<Path> folders = Files.list(BuildCase.ALL)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void cases_areThere() throws IOException {
    try (Stream<Path> folders = Files.list(BuildCase.ALL)) {
      assertTrue(folders.count() >= 20);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void build_ofACase_isWhatBuildahMakes(String name, @TempDir Path work) throws IOException {
    BuildCase build = BuildCase.prepare(name, work);
    Buildah.Built theirs = buildah.build(build, Files.createDirectory(work.resolve("theirs")));
    try (Engine engine = store.open()) {
      StoredImage ours = build.with(engine);
      assertEquals(ConfigText.of(theirs.config()), ConfigText.of(ours.config()));
      List<String> tree =
          ImageTree.of(engine, ours.id(), Files.createDirectory(work.resolve("ours")));
      assertEquals(without(theirs.tree(), tree), without(tree, theirs.tree()));
    }
  }

  /** The lines that another tree does not have. */
  private static String without(List<String> lines, List<String> others) {
    List<String> own = new ArrayList<>(lines);
    own.removeAll(Set.copyOf(others));
    return String.join("\n", own);
  }
}
