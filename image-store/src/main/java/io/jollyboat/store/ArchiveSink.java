package io.jollyboat.store;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.Index;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Where saved images are written, as an OCI layout. Not safe for use by several threads. */
interface ArchiveSink {
  /** Whether a blob is there already. */
  boolean contains(Digest blob);

  /** Writes a blob of the size that is said, unless it is there. */
  void blob(Descriptor blob, InputStream content) throws IOException;

  /** The {@code index.json} that is there already. */
  Optional<Index> index() throws IOException;

  /** Writes one of the layout's other files. */
  void file(String name, byte[] content) throws IOException;

  /** Makes visible what was written. */
  void finish() throws IOException;
}
