package io.jollyboat.linux.rootfs;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The view of no layers: a root and nothing in it. Immutable. */
final class EmptyTree implements MergedTree {
  @Override
  public Optional<TreeEntry> find(String path) {
    return path.isEmpty()
        ? Optional.of(TreeEntry.directory("", new FileAttributes(0755, 0, 0, Instant.EPOCH)))
        : Optional.empty();
  }

  @Override
  public String resolve(String path) {
    return path;
  }

  @Override
  public List<TreeEntry> list(String path) {
    return List.of();
  }

  @Override
  public InputStream open(String path) throws FileNotFoundException {
    throw new FileNotFoundException(path + ": an empty image has no files");
  }

  @Override
  public void close() {}
}
