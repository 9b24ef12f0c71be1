package io.jollyboat.test.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.StoredImage;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Digest;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.Layer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several processes on one store, and processes that are killed. */
final class StoreProcessesIT extends StoreFixture {
  private static final int FILES = 3000;

  private Process process(String... arguments) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    words.add(StoreProcess.class.getName());
    words.addAll(List.of(arguments));
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(directory.resolve("output-" + System.nanoTime()).toFile())
        .start();
  }

  private Path archive() throws IOException {
    Path tree = Files.createDirectory(directory.resolve("tree"));
    for (int i = 0; i < FILES; i++) {
      Files.writeString(tree.resolve("file" + i), "content " + i);
    }
    Path archive = directory.resolve("archive.tar");
    shell("tar -C \"$1\" -cf \"$2\" .", tree, archive);
    return archive;
  }

  @Test
  void unpack_killedInTheMiddle_leavesNothingVisible() throws Exception {
    Path archive = archive();
    Digest diffId = Digest.sha256(Files.readAllBytes(archive));
    String root = store.root().toString();
    Path pipe = directory.resolve("pipe");
    shell("mkfifo \"$1\"", pipe);
    // The child reads from a pipe that gives only the first half, so that it is killed half-way.
    Process child = process("unpack", root, pipe.toString(), diffId.toString());
    try (var feed = Files.newOutputStream(pipe)) {
      byte[] all = Files.readAllBytes(archive);
      feed.write(all, 0, all.length / 2);
      feed.flush();
      awaitHalf();
      child.destroyForcibly();
      assertTrue(child.waitFor(10, TimeUnit.SECONDS));
    }
    assertTrue(store.layers().find(new ChainId(diffId)).isEmpty());
    assertEquals(2, temporaries());
    openAt(store.root()).close();
    assertEquals(1, temporaries());
    try (InputStream content = Files.newInputStream(archive)) {
      Layer layer = store.layers().unpack(Optional.empty(), diffId, content);
      assertEquals("content 7", Files.readString(layer.tree().resolve("file7")));
    }
  }

  private void awaitHalf() throws Exception {
    for (int i = 0; i < 600; i++) {
      try (var found = Files.walk(store.root().resolve("tmp"))) {
        if (found.count() > FILES / 3) {
          return;
        }
      }
      Thread.sleep(50);
    }
    throw new AssertionError("the child has unpacked nothing");
  }

  private long temporaries() throws IOException {
    try (var found = Files.list(store.root().resolve("tmp"))) {
      return found.count();
    }
  }

  @Test
  void unpack_twoProcessesAndThisOne_giveOneLayer() throws Exception {
    Path archive = archive();
    Digest diffId = Digest.sha256(Files.readAllBytes(archive));
    List<Process> children = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      children.add(
          process("unpack", store.root().toString(), archive.toString(), diffId.toString()));
    }
    try (InputStream content = Files.newInputStream(archive)) {
      Layer layer = store.layers().unpack(Optional.empty(), diffId, content);
      for (Process child : children) {
        assertEquals(0, child.waitFor());
      }
      assertEquals(FILES, layer.tree().toFile().list().length);
    }
    try (var layers = Files.list(store.root().resolve("layers"))) {
      assertEquals(1, layers.count());
    }
  }

  @Test
  void images_addedAndRemovedByThreeProcesses_areAllThere() throws Exception {
    List<Process> children = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      children.add(process("images", store.root().toString(), name, "30"));
    }
    for (Process child : children) {
      assertEquals(0, child.waitFor());
    }
    List<StoredImage> images = store.images().list();
    assertEquals(60, images.size());
    assertTrue(images.stream().allMatch(image -> image.names().size() == 1));
    try (ImageStore again = openAt(store.root())) {
      assertEquals(60, again.images().list().size());
    }
  }
}
