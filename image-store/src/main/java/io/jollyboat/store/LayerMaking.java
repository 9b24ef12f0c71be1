package io.jollyboat.store;

import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a layer here: gives a tree and the digest of the tar that stands for it. Not safe for use
 * by several threads.
 */
final class LayerMaking {
  private final StoreFiles files;
  private final Supplier<List<Path>> below;
  private final MessageDigest hasher = Digest.sha256Hasher();
  private final LayerTar tar =
      new LayerTar(new DigestOutputStream(OutputStream.nullOutputStream(), hasher));
  private boolean any;
  private long size;
  private @Nullable MergedTree lower;

  /** What was made: the digest of the tar, and the bytes of the files. */
  record Made(Digest diffId, long size) {}

  /**
   * @param below the trees that the layer lies on, the uppermost first; asked only when it matters
   */
  LayerMaking(StoreFiles files, Supplier<List<Path>> below) {
    this.files = files;
    this.below = below;
  }

  /** Makes the tree what its tar says, times and all; empty when it holds nothing. */
  Optional<Made> scan(Path directory, Optional<Instant> latest) {
    Instant end = latest.orElse(Instant.MAX);
    try (LayerTree tree = files.trees().open(directory)) {
      tree.forEach(entry -> settle(entry, end), this::add);
      if (any) {
        files.trees().flush(directory);
      }
      return made();
    } catch (IOException e) {
      throw StoreFiles.failure("the changes in " + directory + " cannot become a layer", e);
    } finally {
      closeLower();
    }
  }

  /** Overlayfs marks some directories as opaque that are only new: they hide nothing. */
  private TreeEntry settle(TreeEntry entry, Instant latest) {
    StoreFiles.checkInterrupt("making a layer");
    TreeEntry timed = LayerTar.wholeSeconds(entry, latest);
    boolean needless = timed.opaque() && !timed.path().isEmpty() && !isDirectoryBelow(timed.path());
    return needless ? TreeEntry.directory(timed.path(), timed.attributes()) : timed;
  }

  private boolean isDirectoryBelow(String path) {
    if (lower == null) {
      lower = files.trees().merge(below.get());
    }
    return lower.find(path).filter(found -> found.kind() == Kind.DIRECTORY).isPresent();
  }

  private void closeLower() {
    if (lower != null) {
      lower.close();
    }
  }

  private void add(TreeEntry entry, LayerTree.Content content) throws IOException {
    if (entry.kind() != Kind.FILE) {
      any |= tar.write(entry);
      return;
    }
    try (InputStream bytes = content.open()) {
      tar.write(entry, bytes);
    }
    any = true;
    size += entry.size();
  }

  /** Writes a tree of some entries; empty when there is none. */
  Optional<Made> write(Path directory, EntrySource source) {
    EntryOrder order = new EntryOrder();
    try (TreeWriter writer = files.trees().create(directory)) {
      source.forEach(
          (entry, content) -> {
            StoreFiles.checkInterrupt("making a layer");
            add(writer, order.checked(LayerTar.wholeSeconds(entry, Instant.MAX)), content);
          });
      if (any) {
        writer.finish();
      }
      return made();
    } catch (IOException e) {
      throw StoreFiles.failure("a layer cannot be written", e);
    }
  }

  private void add(TreeWriter writer, TreeEntry entry, LayerTree.Content content)
      throws IOException {
    if (entry.kind() == Kind.SOCKET) {
      return;
    }
    if (entry.kind() != Kind.FILE) {
      any |= tar.write(entry);
      writer.write(entry, InputStream.nullInputStream());
      return;
    }
    any = true;
    tar.startFile(entry);
    try (InputStream bytes = content.open()) {
      TarTee tee = new TarTee(bytes, tar);
      writer.write(entry, tee);
      tar.endFile(entry, tee.count());
    }
    size += entry.size();
  }

  private Optional<Made> made() throws IOException {
    if (!any) {
      return Optional.empty();
    }
    tar.finish();
    return Optional.of(new Made(Digest.of(hasher), size));
  }
}
