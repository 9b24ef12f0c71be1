package io.jollyboat.test.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jollyboat.linux.rootfs.FlockFileLocks;
import io.jollyboat.linux.rootfs.LinuxLayerTrees;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.Layer;
import io.jollyboat.test.IntegrationTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store on this machine's real trees and locks. */
@IntegrationTest
abstract class StoreFixture {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @SuppressWarnings("NullAway.Init")
  ImageStore store;

  @BeforeEach
  final void openStore() {
    store = openAt(directory.resolve("store"));
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  static ImageStore openAt(Path root) {
    return ImageStore.open(root, new FlockFileLocks(), new LinuxLayerTrees());
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static Descriptor blob(byte[] bytes) {
    return Descriptor.of(MediaType.OCI_LAYER_GZIP, Digest.sha256(bytes), bytes.length);
  }

  /** Receives a tar as the lowest layer. */
  final Layer receive(byte[] tar) {
    byte[] bytes = gzip(tar);
    return store
        .layers()
        .receive(
            Optional.empty(), Digest.sha256(tar), blob(bytes), new ByteArrayInputStream(bytes));
  }

  /** Runs a shell command and returns what it printed. */
  static String shell(String command, Path... arguments) throws IOException {
    Process process =
        new ProcessBuilder(words(command, arguments))
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), () -> command + "\n" + text);
      return text;
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static List<String> words(String command, Path... arguments) {
    List<String> words = new ArrayList<>(List.of("sh", "-euc", command, "sh"));
    for (Path argument : arguments) {
      words.add(argument.toString());
    }
    return words;
  }

  /** Everything about a tree that a layer can hold, one line for each name. */
  static String facts(Path tree) throws IOException {
    return shell(
        "cd \"$1\"; find . -mindepth 1 -printf '%P %y %m %U:%G %T@ %s %n %l\\n' | grep -v ' d '"
            + " | sort;"
            + " find . -mindepth 1 -type d -printf '%P %y %m %U:%G %T@\\n' | sort;"
            + " find . -type f -print0 | sort -z | xargs -0r sha256sum;"
            + " find . \\( -type c -o -type b \\) -print0 | sort -z"
            + " | xargs -0r stat -c '%n %t:%T'",
        tree);
  }
}
