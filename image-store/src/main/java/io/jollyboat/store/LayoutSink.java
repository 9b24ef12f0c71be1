package io.jollyboat.store;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.Index;
import java.io.ByteArrayInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Writes an OCI layout as a directory. Blobs are added first; the index, which alone makes them
 * visible, is replaced at once.
 */
final class LayoutSink implements ArchiveSink {
  private static final int CHUNK = 128 * 1024;
  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");

  private final Path directory;
  private final Map<String, byte[]> documents = new LinkedHashMap<>();

  LayoutSink(Path directory) {
    this.directory = directory;
  }

  private Path path(Digest blob) {
    return directory.resolve("blobs").resolve(blob.algorithm()).resolve(blob.hex());
  }

  @Override
  public boolean contains(Digest blob) {
    return Files.isRegularFile(path(blob));
  }

  @Override
  public void blob(Descriptor blob, InputStream content) throws IOException {
    if (!contains(blob.digest())) {
      Files.createDirectories(Objects.requireNonNull(path(blob.digest()).getParent()));
      place(path(blob.digest()), content);
    }
  }

  @Override
  public Optional<Index> index() throws IOException {
    Path file = directory.resolve(OciLayoutReader.INDEX);
    return Files.exists(file)
        ? Optional.of(Index.parse(Files.readAllBytes(file)))
        : Optional.empty();
  }

  @Override
  public void file(String name, byte[] content) {
    documents.put(name, content);
  }

  @Override
  public void finish() throws IOException {
    Files.createDirectories(directory);
    for (var document : documents.entrySet()) {
      place(directory.resolve(document.getKey()), new ByteArrayInputStream(document.getValue()));
    }
  }

  private static void place(Path file, InputStream content) throws IOException {
    Path written = Files.createTempFile(file.getParent(), ".jollyboat-", "");
    try {
      byte[] chunk = new byte[CHUNK];
      try (FileOutputStream out = new FileOutputStream(written.toFile())) {
        for (int some = content.read(chunk); some >= 0; some = content.read(chunk)) {
          StoreFiles.checkInterrupt("saving images");
          out.write(chunk, 0, some);
        }
        out.getFD().sync();
      }
      Files.setPosixFilePermissions(written, READABLE);
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(written);
    }
  }
}
