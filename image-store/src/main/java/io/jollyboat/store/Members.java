package io.jollyboat.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The regular files of an archive of images, or of a directory, in any order and as often as
 * wanted. Not safe for use by several threads.
 */
interface Members extends AutoCloseable {
  /**
   * One file, links among the files followed.
   *
   * @param name relative, with slashes
   * @throws IOException when the name or a link leads outside, or links loop
   */
  Optional<Member> find(String name) throws IOException;

  @Override
  void close();

  /** A file; its content may be opened several times, one at a time. Immutable. */
  record Member(String name, long size, Opener opener) {
    InputStream open() throws IOException {
      return opener.open();
    }
  }

  /** Opens a content, which the caller closes. */
  interface Opener {
    InputStream open() throws IOException;
  }
}
