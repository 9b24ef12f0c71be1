package io.jollyboat.store;

import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import java.util.List;

/**
 * Repositories that are known to have a blob, so that a push to another one of the same registry
 * can mount it from there. Safe for use by several threads.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class BlobSources {
  /** Remembers that the repository of a reference has a blob. */
  public void add(Digest blob, ImageReference repository) {
    throw new UnsupportedOperationException();
  }

  /** Forgets what turned out to be wrong. */
  public void remove(Digest blob, ImageReference repository) {
    throw new UnsupportedOperationException();
  }

  /** The repositories, the one learnt last first; tags mean nothing. */
  public List<ImageReference> of(Digest blob) {
    throw new UnsupportedOperationException();
  }
}
