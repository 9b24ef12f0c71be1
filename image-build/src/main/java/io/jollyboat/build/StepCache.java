package io.jollyboat.build;

import io.jollyboat.ImageId;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a step on one image gives: known already, from another machine, or to be done. Of equal
 * steps, in whichever process on this store, one is done and the others take what it gave. Not safe
 * for use by several threads.
 */
final class StepCache {
  private final Build build;
  private final ImageConfig on;
  private final ImageId parent;
  private final StepWork work;

  StepCache(Build build, ImageConfig on, ImageId parent, StepWork work) {
    this.build = build;
    this.on = on;
    this.parent = parent;
    this.work = work;
  }

  /** The step's image, and whether it was done before. */
  record Result(StoredImage image, boolean cached) {}

  /** The image, when it need not be made. */
  Optional<StoredImage> find(KeyText inputs) {
    Optional<StoredImage> known = build.cached(inputs.digest());
    return known.isPresent() || work.isQuick()
        ? known
        : build.fetched(inputs, on, parent, work.replacesLayers());
  }

  /**
   * Gives the image, made if it has to be.
   *
   * @param off it must be made
   */
  Result result(KeyText inputs, boolean off, Progress.Step told) throws IOException {
    Result result = off ? done(inputs, told) : once(inputs, told);
    if (!work.isQuick()) {
      build.steps().add(new RemoteCaches.Step(inputs.digest(), result.image().id()));
    }
    return result;
  }

  private Result once(KeyText inputs, Progress.Step told) throws IOException {
    Optional<StoredImage> known = build.cached(inputs.digest());
    if (known.isPresent()) {
      return new Result(known.get(), true);
    }
    if (work.isQuick() || work.runsCallersCode()) {
      return foundOrDone(inputs, told);
    }
    Path file = build.store().root().resolve("locks").resolve("step-" + inputs.digest().hex());
    try (FileLocks.Lock unused = build.store().locks().exclusive(file)) {
      try {
        return foundOrDone(inputs, told);
      } finally {
        // Who waits for it has it next and finds the result; whoever comes now makes a new file,
        // and
        // finds the result too.
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * Who holds the lock waits for no other step: whatever a step reads of other stages is there
   * before, and the caller's own code, which may build, runs without it. Or two builds could wait
   * for each other.
   */
  private Result foundOrDone(KeyText inputs, Progress.Step told) throws IOException {
    Optional<StoredImage> since = find(inputs);
    return since.isPresent() ? new Result(since.get(), true) : done(inputs, told);
  }

  private Result done(KeyText inputs, Progress.Step told) throws IOException {
    StoredImage made = build.store().add(work.execute(told), Optional.of(parent), true);
    build.store().remember(inputs.digest(), made.id(), inputs.text(), Optional.empty());
    inputs.keepContents(new ContentLists(build.store().root()));
    return new Result(made, false);
  }
}
