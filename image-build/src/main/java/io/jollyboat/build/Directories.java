package io.jollyboat.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Opens what lies below a directory of this machine, one component at a time, each relative to the
 * one before and none of them a symbolic link: nothing outside is reached, even by somebody who
 * exchanges directories for links meanwhile. Immutable.
 */
final class Directories {
  private final Path root;

  Directories(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  /** The names in a directory, in no order. */
  List<Path> list(String path) throws IOException {
    try (Chain chain = open(TreePath.parts(path))) {
      List<Path> names = new ArrayList<>();
      for (Path entry : chain.last) {
        names.add(entry.getFileName());
      }
      return names;
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** The bytes of a regular file. */
  InputStream read(String path) throws IOException {
    try (Chain chain = open(TreePath.parts(TreePath.parent(path)))) {
      Path name = HostNames.path(TreePath.name(path));
      BasicFileAttributeView view =
          chain.last.getFileAttributeView(
              name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
      if (!view.readAttributes().isRegularFile()) {
        throw new FileSystemException(path, null, "is no longer a regular file");
      }
      return Channels.newInputStream(
          chain.last.newByteChannel(
              name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
    }
  }

  private Chain open(List<String> parts) throws IOException {
    SecureDirectoryStream<Path> current =
        secure(root.getFileSystem().provider().newDirectoryStream(root, entry -> true));
    for (String part : parts) {
      try (SecureDirectoryStream<Path> outer = current) {
        current = outer.newDirectoryStream(HostNames.path(part), LinkOption.NOFOLLOW_LINKS);
      }
    }
    return new Chain(current);
  }

  private SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new FileSystemException(
        root.toString(), null, "this file system cannot open files relative to a directory");
  }

  /** The innermost directory of a path; those above it are closed already. */
  private record Chain(SecureDirectoryStream<Path> last) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      last.close();
    }
  }
}
