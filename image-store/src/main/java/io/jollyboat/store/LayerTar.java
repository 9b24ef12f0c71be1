package io.jollyboat.store;

import static io.jollyboat.store.TarFields.BLOCK;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;

/**
 * Writes a layer's tar: OCI image-spec, "Image Layer Filesystem Changeset". The same entries always
 * give the same bytes: whole seconds, owners as numbers, no times but that of modification, pax
 * headers only where ustar cannot say it. Sockets are left out, and so is a root with the
 * attributes that every new layer's has. Not safe for use by several threads.
 */
final class LayerTar {
  /** Changes when the same tree would give another tar than before. */
  static final int VERSION = 1;

  static final String WHITEOUT = ".wh.";
  static final String OPAQUE = ".wh..wh..opq";
  private static final int CHUNK = 128 * 1024;

  private final OutputStream out;
  private final boolean plain;
  private final byte[] chunk = new byte[CHUNK];

  LayerTar(OutputStream out) {
    this(out, false);
  }

  /**
   * @param plain no layer's tar: a root is written, and no name means a deletion
   */
  LayerTar(OutputStream out, boolean plain) {
    this.out = out;
    this.plain = plain;
  }

  /** Whether an entry is the root as every new layer has it. */
  static boolean isUsualRoot(TreeEntry entry) {
    FileAttributes attributes = entry.attributes();
    return entry.path().isEmpty()
        && attributes.mode() == 0755
        && attributes.uid() == 0
        && attributes.gid() == 0
        && attributes.xattrs().isEmpty()
        && !entry.opaque();
  }

  /** Writes one entry that is no {@code FILE}; true when it became part of the tar. */
  boolean write(TreeEntry entry) throws IOException {
    if ((!plain && isUsualRoot(entry)) || entry.kind() == Kind.SOCKET) {
      return false;
    }
    if (entry.kind() == Kind.WHITEOUT) {
      marker(sibling(entry, WHITEOUT + entry.name()));
      return true;
    }
    checkName(entry);
    TarHeaderBlock header = header(entry);
    header.size(0);
    header.write(out);
    if (entry.opaque()) {
      marker(entry.path().isEmpty() ? OPAQUE : entry.path() + "/" + OPAQUE);
    }
    return true;
  }

  /** Starts a {@code FILE}; its bytes follow through {@link #content}, then {@link #endFile}. */
  void startFile(TreeEntry entry) throws IOException {
    checkName(entry);
    TarHeaderBlock header = header(entry);
    header.size(entry.size());
    header.write(out);
  }

  void content(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  void endFile(TreeEntry entry, long written) throws IOException {
    if (written != entry.size()) {
      throw new IOException(
          entry.path()
              + " was changed while it was read: it has "
              + written
              + " bytes and had "
              + entry.size());
    }
    out.write(new byte[(int) Math.floorMod(-written, (long) BLOCK)]);
  }

  /** Writes a {@code FILE} with its content. */
  void write(TreeEntry entry, InputStream content) throws IOException {
    startFile(entry);
    if (plain) {
      copyExactly(content, entry.size());
      endFile(entry, entry.size());
      return;
    }
    long written = 0;
    for (int count = content.read(chunk); count >= 0; count = content.read(chunk)) {
      out.write(chunk, 0, count);
      written += count;
    }
    endFile(entry, written);
  }

  /** A file that others write meanwhile is cut, or filled with zeros, as tar programs do it. */
  private void copyExactly(InputStream content, long size) throws IOException {
    long left = size;
    while (left > 0) {
      int count = content.read(chunk, 0, (int) Math.min(left, CHUNK));
      if (count < 0) {
        java.util.Arrays.fill(chunk, (byte) 0);
        count = (int) Math.min(left, CHUNK);
      }
      out.write(chunk, 0, count);
      left -= count;
    }
  }

  /** Writes the two blocks of zeros that end an archive. */
  void finish() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.flush();
  }

  private void checkName(TreeEntry entry) throws IOException {
    if (!plain && entry.name().startsWith(WHITEOUT)) {
      throw new IOException(
          entry.path() + ": a layer cannot hold names that begin with .wh., they mean deletions");
    }
  }

  private static String sibling(TreeEntry entry, String name) {
    return entry.parent().isEmpty() ? name : entry.parent() + "/" + name;
  }

  private void marker(String path) throws IOException {
    TarHeaderBlock header = new TarHeaderBlock('0', 0600);
    header.name(path);
    header.owner(0, 0);
    header.size(0);
    header.modified(0);
    header.write(out);
  }

  private static TarHeaderBlock header(TreeEntry entry) throws IOException {
    FileAttributes attributes = entry.attributes();
    int mode = entry.kind() == Kind.SYMLINK ? 0777 : attributes.mode();
    TarHeaderBlock header = new TarHeaderBlock(type(entry.kind()), mode);
    header.name(name(entry));
    header.owner(attributes.uid(), attributes.gid());
    header.modified(attributes.modified().getEpochSecond());
    if (entry.kind() == Kind.SYMLINK || entry.kind() == Kind.HARD_LINK) {
      header.link(entry.link());
    }
    if (entry.kind() == Kind.CHARACTER_DEVICE || entry.kind() == Kind.BLOCK_DEVICE) {
      header.device(entry.major(), entry.minor());
    }
    if (entry.kind() == Kind.FILE || entry.kind() == Kind.DIRECTORY) {
      for (Map.Entry<String, byte[]> xattr : attributes.xattrs().entrySet()) {
        if (FileAttributes.belongsToLayer(xattr.getKey())) {
          header.xattr(xattr.getKey(), xattr.getValue());
        }
      }
    }
    return header;
  }

  private static String name(TreeEntry entry) {
    if (entry.kind() != Kind.DIRECTORY) {
      return entry.path();
    }
    return entry.path().isEmpty() ? "./" : entry.path() + "/";
  }

  private static char type(Kind kind) {
    return switch (kind) {
      case HARD_LINK -> '1';
      case SYMLINK -> '2';
      case CHARACTER_DEVICE -> '3';
      case BLOCK_DEVICE -> '4';
      case DIRECTORY -> '5';
      case FIFO -> '6';
      case FILE, SOCKET, WHITEOUT -> '0';
    };
  }

  /** The entry with its time cut to whole seconds, not later than {@code latest}. */
  static TreeEntry wholeSeconds(TreeEntry entry, Instant latest) {
    Instant time = entry.attributes().modified();
    Instant earlier = time.isAfter(latest) ? latest : time;
    Instant whole = Instant.ofEpochSecond(earlier.getEpochSecond());
    return whole.equals(time)
        ? entry
        : entry.withAttributes(entry.attributes().withModified(whole));
  }
}
