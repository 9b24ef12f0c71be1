package io.jollyboat.build;

import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.LayerTree.Content;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;

/**
 * One name that a COPY or ADD brings.
 *
 * @param entry its path is relative to where the item goes
 * @param digest of a file's content, as the step's key has it
 * @param content opens a file's content
 */
record Piece(TreeEntry entry, Optional<Digest> digest, Content content) {
  private static final Content NO_CONTENT = InputStream::nullInputStream;

  static Piece withoutContent(TreeEntry entry) {
    return new Piece(entry, Optional.empty(), NO_CONTENT);
  }

  Piece at(String path) {
    return new Piece(entry.withPath(path), digest, content);
  }

  Piece clamped(Optional<Instant> latest) {
    return new Piece(FileTimes.clamped(entry, latest), digest, content);
  }

  /** The content, which is checked against the digest when it is closed. */
  InputStream open() throws IOException {
    InputStream in = content.open();
    return digest.isPresent() ? new CheckedContent(in, digest.get(), entry.path()) : in;
  }
}
