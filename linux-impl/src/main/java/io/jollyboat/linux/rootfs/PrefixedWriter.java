package io.jollyboat.linux.rootfs;

import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;

/** Writes everything below a directory of another writer's tree; the directory itself stays. */
final class PrefixedWriter implements TreeWriter {
  private final TreeWriter writer;
  private final String directory;

  PrefixedWriter(TreeWriter writer, String directory) {
    this.writer = writer;
    this.directory = directory;
  }

  @Override
  public void write(TreeEntry entry, InputStream content) throws IOException {
    if (entry.path().isEmpty()) {
      return;
    }
    TreeEntry moved = entry.withPath(moved(entry.path()));
    writer.write(
        entry.kind() == Kind.HARD_LINK
            ? TreeEntry.hardLink(moved.path(), moved.attributes(), moved(entry.link()))
            : moved,
        content);
  }

  private String moved(String path) {
    return directory.isEmpty() ? path : directory + "/" + path;
  }

  @Override
  public void markOpaque(String path) throws IOException {
    writer.markOpaque(moved(path));
  }

  @Override
  public void settle() {
    writer.settle();
  }

  @Override
  public void finish() {
    writer.finish();
  }

  @Override
  public void close() {
    writer.close();
  }
}
