package io.jollyboat.build;

import io.jollyboat.CacheLocation;
import io.jollyboat.ImageId;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Platform;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Caches in memory, of one store. */
final class FakeCaches implements RemoteCaches {
  final Map<CacheLocation, Map<Digest, ImageId>> kept = new ConcurrentHashMap<>();
  final Map<ImageId, List<Step>> inlined = new ConcurrentHashMap<>();
  private final FakeMachine machine;

  FakeCaches(FakeMachine machine) {
    this.machine = machine;
  }

  @Override
  public Steps read(CacheLocation location, Platform platform, Progress progress) {
    Map<Digest, ImageId> steps = kept.getOrDefault(location, Map.of());
    return new Steps() {
      @Override
      public Optional<StoredImage> find(
          Digest key, ImageConfig on, ImageId parent, boolean replaces) {
        return Optional.ofNullable(steps.get(key)).flatMap(machine::find);
      }
    };
  }

  @Override
  public void write(CacheLocation location, List<Step> steps, Progress progress) {
    Map<Digest, ImageId> all = new HashMap<>();
    steps.forEach(step -> all.put(step.key(), step.image()));
    kept.put(location, all);
  }

  @Override
  public void inline(StoredImage image, List<Step> steps) {
    inlined.put(image.id(), steps);
  }
}
