package io.jollyboat.build;

import io.jollyboat.ImageId;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.util.Optional;

/**
 * What a step on one image gives: known already, from another machine, or to be done. Of equal
 * steps, in whichever process on this store, one is done and the others take what it gave. Not safe
 * for use by several threads.
 */
final class StepCache {
  /** Several keys share a lock, so that there are not as many lock files as ever were steps. */
  private static final int LOCK_DIGITS = 4;

  private final Build build;
  private final ImageConfig on;
  private final ImageId parent;

  StepCache(Build build, ImageConfig on, ImageId parent) {
    this.build = build;
    this.on = on;
    this.parent = parent;
  }

  /** Does the step. */
  interface Doing {
    ImageConfig execute() throws IOException;
  }

  /** The step's image, and whether it was done before. */
  record Result(StoredImage image, boolean cached) {}

  /** The image, when it need not be made. */
  Optional<StoredImage> find(KeyText inputs) {
    Digest key = inputs.digest();
    return build.cached(key).or(() -> build.fetched(key, on, parent, inputs));
  }

  /**
   * Gives the image, made if it has to be.
   *
   * @param off it must be made
   */
  Result result(KeyText inputs, boolean off, Doing doing) throws IOException {
    Result result = off ? done(inputs, doing) : once(inputs, doing);
    build.steps().add(new RemoteCaches.Step(inputs.digest(), result.image().id()));
    return result;
  }

  private Result once(KeyText inputs, Doing doing) throws IOException {
    Optional<StoredImage> known = build.cached(inputs.digest());
    if (known.isPresent()) {
      return new Result(known.get(), true);
    }
    try (FileLocks.Lock unused = lock(inputs.digest())) {
      Optional<StoredImage> since = find(inputs);
      return since.isPresent() ? new Result(since.get(), true) : done(inputs, doing);
    }
  }

  /**
   * Who holds it waits for no other step: whatever a step reads of other stages is there before, or
   * two builds could wait for each other.
   */
  private FileLocks.Lock lock(Digest key) {
    String name = "step-" + key.hex().substring(0, LOCK_DIGITS);
    return build.store().locks().exclusive(build.store().root().resolve("locks").resolve(name));
  }

  private Result done(KeyText inputs, Doing doing) throws IOException {
    StoredImage made = build.store().add(doing.execute(), Optional.of(parent), true);
    build.store().remember(inputs.digest(), made.id(), inputs.text());
    inputs.keepContents(new ContentLists(build.store().root()));
    return new Result(made, false);
  }
}
