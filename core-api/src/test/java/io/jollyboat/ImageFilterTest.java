package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ImageFilterTest {
  private static final Instant TIME = Instant.parse("2020-01-01T00:00:00Z");

  /** An image that no store has. */
  private record Known(ImageConfig config, List<ImageReference> names, boolean intermediate)
      implements StoredImage {
    @Override
    public ImageId id() {
      return new ImageId(config.id());
    }

    @Override
    public Optional<ImageId> parent() {
      return Optional.empty();
    }

    @Override
    public Platform platform() {
      return config.platform();
    }

    @Override
    public Size size() {
      return new Size(0);
    }

    @Override
    public Instant created() {
      return config.created().orElseThrow();
    }
  }

  private static StoredImage image(Instant time, boolean step, String... names) {
    ImageConfig config =
        ImageConfig.builder(Platform.of("linux", "amd64")).created(time).label("a", "b").build();
    return new Known(config, Arrays.stream(names).map(ImageReference::parse).toList(), step);
  }

  @ParameterizedTest
  @CsvSource({
    "busybox, busybox:1, true",
    "busybox:1, busybox:1, true",
    "busybox:2, busybox:1, false",
    "busy*, busybox:1, true",
    "busy*:?, busybox:1, true",
    "b[t-v]sybox, busybox:1, true",
    "b[a-c]sybox, busybox:1, false",
    "docker.io/library/busybox, busybox:1, true",
    "*, localhost:5000/a/b:1, false",
    "*/*/b, localhost:5000/a/b:1, true",
    "localhost:5000/a/b:*, localhost:5000/a/b:1, true",
    "a.b, axb:1, false",
    "[, busybox:1, false",
  })
  void reference_ofAPattern_matchesAsDockersDoes(String pattern, String name, boolean matches) {
    ImageFilter filter = ImageFilter.all().reference(pattern);
    assertEquals(matches, filter.matches(image(TIME, false, name)));
    assertFalse(filter.matches(image(TIME, false)));
  }

  @Test
  void conditions_together_allHold() {
    StoredImage named = image(TIME, false, "x");
    StoredImage dangling = image(TIME.plusSeconds(1), false);
    StoredImage step = image(TIME.plusSeconds(2), true);
    List<StoredImage> all = List.of(named, dangling, step);
    assertEquals(all, matching(all, ImageFilter.all()));
    assertEquals(List.of(dangling), matching(all, ImageFilter.all().dangling()));
    assertEquals(List.of(named), matching(all, ImageFilter.all().named()));
    assertEquals(List.of(step), matching(all, ImageFilter.all().intermediate()));
    assertEquals(List.of(named), matching(all, ImageFilter.all().before(dangling)));
    assertEquals(List.of(step), matching(all, ImageFilter.all().since(dangling)));
    assertEquals(all, matching(all, ImageFilter.all().label("a").label("a", "b")));
    assertEquals(List.of(), matching(all, ImageFilter.all().label("a", "c")));
    assertEquals(List.of(), matching(all, ImageFilter.all().withoutLabel("a")));
    assertEquals(List.of(), matching(all, ImageFilter.all().before(dangling).since(dangling)));
  }

  private static List<StoredImage> matching(List<StoredImage> all, ImageFilter filter) {
    return all.stream().filter(filter::matches).toList();
  }

  @Test
  void prune_ofAnAge_leavesTheYounger() {
    PruneSpec spec = PruneSpec.defaults().olderThan(Duration.ofHours(1));
    assertTrue(spec.matches(image(Instant.now().minusSeconds(3700), false)));
    assertFalse(spec.matches(image(Instant.now().minusSeconds(3500), false)));
    assertFalse(spec.matches(image(TIME, false, "named")));
    assertFalse(spec.matches(image(TIME, true)));
    assertTrue(spec.all().matches(image(TIME, true)));
    assertTrue(spec.all().label("a").matches(image(TIME, false, "named")));
    assertFalse(spec.all().withoutLabel("a").matches(image(TIME, false, "named")));
  }
}
