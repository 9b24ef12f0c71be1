package io.jollyboat.registry.server;

import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/** Blobs as files {@code <algorithm>/<hex>} below a directory. */
final class DirectoryBlobs implements BlobStore {
  private final Path directory;

  DirectoryBlobs(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  private Path file(Digest digest) {
    return directory.resolve(digest.algorithm()).resolve(digest.hex());
  }

  @Override
  public OptionalLong size(Digest digest) {
    try {
      return OptionalLong.of(Files.size(file(digest)));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public InputStream open(Digest digest, long offset) throws IOException {
    FileChannel channel = FileChannel.open(file(digest), StandardOpenOption.READ);
    return Channels.newInputStream(channel.position(offset));
  }

  @Override
  public Upload newUpload() throws IOException {
    return new FileUpload(Files.createTempFile(directory, "upload", ""));
  }

  private final class FileUpload implements Upload {
    private final Path file;
    private long size;

    FileUpload(Path file) {
      this.file = file;
    }

    @Override
    public void append(InputStream content) throws IOException {
      try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
        content.transferTo(out);
      } finally {
        size = Files.size(file);
      }
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public boolean commit(Digest digest) throws IOException {
      if (!hash(digest).equals(digest)) {
        abandon();
        return false;
      }
      Path target = file(digest);
      Files.createDirectories(target.getParent());
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return true;
    }

    private Digest hash(Digest digest) throws IOException {
      var hasher = digest.hasher();
      byte[] buffer = new byte[64 * 1024];
      try (InputStream in = Files.newInputStream(file)) {
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          hasher.update(buffer, 0, count);
        }
      }
      return Digest.of(hasher);
    }

    @Override
    public void abandon() throws IOException {
      Files.deleteIfExists(file);
    }
  }
}
