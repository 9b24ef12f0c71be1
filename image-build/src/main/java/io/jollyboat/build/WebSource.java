package io.jollyboat.build;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;

/** Where ADD fetches addresses from. Safe for use by several threads. */
@FunctionalInterface
public interface WebSource {
  /**
   * Asks for a file; redirects are followed, to http and https only.
   *
   * @throws IOException it cannot be had; the message names the address and the reason
   */
  WebFile open(String address) throws IOException;

  /** A file on its way. Not safe for use by several threads. */
  interface WebFile extends Closeable {
    /** Closed with this. */
    InputStream content() throws IOException;

    /** When the server says that it was changed. */
    Instant modified();
  }
}
