package io.jollyboat.spi.host;

/**
 * One name in a file tree.
 *
 * @param path relative to the tree's root; the empty string is the root
 * @param link target text of a {@code SYMLINK}; the path in the same tree of a {@code HARD_LINK}'s
 *     first name; otherwise empty
 * @param size bytes of a {@code FILE}, otherwise 0
 * @param opaque of a {@code DIRECTORY}: hides what lower layers have below it
 */
public record TreeEntry(
    String path,
    Kind kind,
    FileAttributes attributes,
    long size,
    String link,
    int major,
    int minor,
    boolean opaque) {

  /** What a name stands for. {@code WHITEOUT} hides the name in lower layers. */
  public enum Kind {
    FILE,
    DIRECTORY,
    SYMLINK,
    HARD_LINK,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    FIFO,
    SOCKET,
    WHITEOUT
  }

  public static TreeEntry file(String path, FileAttributes attributes, long size) {
    return new TreeEntry(path, Kind.FILE, attributes, size, "", 0, 0, false);
  }

  public static TreeEntry directory(String path, FileAttributes attributes) {
    return new TreeEntry(path, Kind.DIRECTORY, attributes, 0, "", 0, 0, false);
  }

  public static TreeEntry symlink(String path, FileAttributes attributes, String target) {
    return new TreeEntry(path, Kind.SYMLINK, attributes, 0, target, 0, 0, false);
  }

  public static TreeEntry hardLink(String path, FileAttributes attributes, String firstName) {
    return new TreeEntry(path, Kind.HARD_LINK, attributes, 0, firstName, 0, 0, false);
  }

  public static TreeEntry whiteout(String path, FileAttributes attributes) {
    return new TreeEntry(path, Kind.WHITEOUT, attributes, 0, "", 0, 0, false);
  }

  /** The last component of the path; empty for the root. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The path of the directory that holds this name; empty for names in the root. */
  public String parent() {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  public TreeEntry withPath(String newPath) {
    return new TreeEntry(newPath, kind, attributes, size, link, major, minor, opaque);
  }

  /** As of a tree that lies on nothing. */
  public TreeEntry notOpaque() {
    return opaque ? directory(path, attributes) : this;
  }

  public TreeEntry withAttributes(FileAttributes changed) {
    return new TreeEntry(path, kind, changed, size, link, major, minor, opaque);
  }
}
