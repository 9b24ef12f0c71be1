package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.oci.Digest;
import java.util.Optional;

/** Which image a build step gave for which inputs. Safe for use by several threads. */
@SuppressWarnings("DoNotCallSuggester")
public final class BuildCache {
  /**
   * A step that was run before.
   *
   * @param inputs what the key was made of, as the builder wrote it down
   */
  public record Hit(ImageId image, String inputs) {}

  /** The result for a key, if it is known and the image still exists. */
  public Optional<Hit> find(Digest key) {
    throw new UnsupportedOperationException();
  }

  /** Remembers a result, in place of an older one. */
  public void put(Digest key, ImageId image, String inputs) {
    throw new UnsupportedOperationException();
  }
}
