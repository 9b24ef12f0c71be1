package io.jollyboat.store;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Turns the members of a layer's archive into a tree: OCI image-spec, "Image Layer Filesystem
 * Changeset". Names that climb out, and whiteouts of nothing, are refused; aufs's own files, which
 * images of 2014 have, are left out. Not safe for use by several threads.
 */
final class LayerUnpacker {
  private static final String AUFS = ".wh..wh.";

  private final TarReader tar;
  private final TreeWriter writer;
  private final boolean plain;
  private final ArchiveLimits limits = new ArchiveLimits();
  private long size;

  LayerUnpacker(InputStream archive, TreeWriter writer) {
    this(archive, writer, false);
  }

  /**
   * @param plain no layer's archive: no name means a deletion
   */
  LayerUnpacker(InputStream archive, TreeWriter writer, boolean plain) {
    this.plain = plain;
    this.tar = new TarReader(archive);
    this.writer = writer;
  }

  /** Writes all members; returns the bytes of all files. */
  long unpack() throws IOException {
    for (Optional<TarHeader> next = tar.next(); next.isPresent(); next = tar.next()) {
      StoreFiles.checkInterrupt("unpacking a layer");
      limits.entry(next.get());
      unpack(next.get());
    }
    return size;
  }

  private void unpack(TarHeader header) throws IOException {
    String path = path(header.name());
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (plain) {
      write(header, path);
    } else if (name.equals(LayerTar.OPAQUE)) {
      writer.markOpaque(parent(path));
    } else if (name.startsWith(AUFS) || path.startsWith(AUFS)) {
      return;
    } else if (name.startsWith(LayerTar.WHITEOUT)) {
      whiteout(header, parent(path), name.substring(LayerTar.WHITEOUT.length()));
    } else {
      write(header, path);
    }
  }

  private void whiteout(TarHeader header, String parent, String name) throws IOException {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw new IOException("\"" + header.name() + "\" is a whiteout of no name");
    }
    String path = parent.isEmpty() ? name : parent + "/" + name;
    writer.write(TreeEntry.whiteout(path, attributes(header)), InputStream.nullInputStream());
  }

  private void write(TarHeader header, String path) throws IOException {
    Optional<Kind> kind = kind(header);
    if (kind.isEmpty()) {
      return;
    }
    if (path.isEmpty() && kind.get() != Kind.DIRECTORY) {
      throw new IOException("\"" + header.name() + "\" does not name a file");
    }
    String link =
        switch (kind.get()) {
          case HARD_LINK -> path(header.link());
          case SYMLINK -> header.link();
          default -> "";
        };
    long length = kind.get() == Kind.FILE ? header.size() : 0;
    TreeEntry entry =
        new TreeEntry(
            path,
            kind.get(),
            attributes(header),
            length,
            link,
            header.major(),
            header.minor(),
            false);
    writer.write(entry, tar.content());
    size += length;
  }

  private static Optional<Kind> kind(TarHeader header) throws IOException {
    return switch (header.type()) {
      case '0' -> Optional.of(Kind.FILE);
      case '1' -> Optional.of(Kind.HARD_LINK);
      case '2' -> Optional.of(Kind.SYMLINK);
      case '3' ->
          Optional.of(
              header.major() == 0 && header.minor() == 0 ? Kind.WHITEOUT : Kind.CHARACTER_DEVICE);
      case '4' -> Optional.of(Kind.BLOCK_DEVICE);
      case '5' -> Optional.of(Kind.DIRECTORY);
      case '6' -> Optional.of(Kind.FIFO);
      case 'V' -> Optional.empty();
      default ->
          throw new IOException(
              "\"" + header.name() + "\" is of the unknown type '" + header.type() + "'");
    };
  }

  private static FileAttributes attributes(TarHeader header) throws IOException {
    return new FileAttributes(
        header.mode(),
        id(header, header.uid()),
        id(header, header.gid()),
        header.modified(),
        header.xattrs());
  }

  private static int id(TarHeader header, long id) throws IOException {
    if (id < 0 || id >= 0xffff_ffffL) {
      throw new IOException("\"" + header.name() + "\" has the impossible owner " + id);
    }
    return (int) id;
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** A member's name relative to the root, without {@code .} and empty components. */
  static String path(String name) throws IOException {
    ArchiveLimits.path(name);
    if (isPlain(name)) {
      return name;
    }
    StringBuilder path = new StringBuilder(name.length());
    for (String component : name.split("/")) {
      if (component.equals("..")) {
        throw new IOException("\"" + name + "\" climbs out of its directory");
      }
      if (component.indexOf('\0') >= 0) {
        throw new IOException("a name has a NUL in it");
      }
      if (!component.isEmpty() && !component.equals(".")) {
        path.append(path.length() == 0 ? "" : "/").append(component);
      }
    }
    return path.toString();
  }

  private static boolean isPlain(String name) {
    return !name.isEmpty()
        && !name.startsWith("/")
        && !name.startsWith(".")
        && !name.endsWith("/")
        && !name.contains("//")
        && !name.contains("/.")
        && name.indexOf('\0') < 0;
  }
}
