package io.jollyboat.store;

import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageConfigBuilder;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store on plain files, for each test a new one. */
abstract class StoreTest {
  static final Instant TIME = Instant.parse("2020-01-01T00:00:00Z");
  static final FileAttributes PLAIN = new FileAttributes(0644, 0, 0, TIME);
  static final FileAttributes DIRECTORY = new FileAttributes(0755, 0, 0, TIME);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  final ThreadLocks locks = new ThreadLocks();

  @SuppressWarnings("NullAway.Init")
  ImageStore store;

  @BeforeEach
  final void openStore() {
    store = reopen();
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  final ImageStore reopen() {
    return ImageStore.open(directory.resolve("store"), locks, new PlainLayerTrees());
  }

  /** A layer of one file. */
  final Layer layer(Optional<Layer> parent, String path, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return store
        .layers()
        .write(
            parent.map(Layer::chainId),
            visitor ->
                visitor.visit(
                    TreeEntry.file(path, PLAIN, bytes.length),
                    () -> new ByteArrayInputStream(bytes)))
        .orElseThrow();
  }

  static ImageConfig config(String text, List<Digest> diffIds) {
    ImageConfigBuilder builder =
        ImageConfig.builder(Platform.of("linux", "amd64")).created(TIME).label("text", text);
    for (Digest diffId : diffIds) {
      builder = builder.layer(diffId, History.of(TIME, "RUN " + diffId.shortHex()));
    }
    return builder.build();
  }
}
