package io.jollyboat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.oci.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a manifest tells of the steps that made its image. */
class InlineStepsTest {
  private static final Digest KEY = Digest.sha256(new byte[] {1});
  private static final Digest LAYER = Digest.sha256(new byte[] {2});
  private static final ImageConfig BASE =
      ImageConfig.builder(Platform.parse("linux/amd64"))
          .layer(LAYER, History.of(Instant.EPOCH, "base"))
          .build();
  private static final ImageConfig IMAGE =
      BASE.toBuilder()
          .layer(Digest.sha256(new byte[] {3}), History.of(Instant.EPOCH, "RUN x"))
          .history(History.empty(Instant.EPOCH, "CMD y"))
          .build();
  private static final Descriptor BLOB = Descriptor.of(MediaType.OCI_LAYER_GZIP, LAYER, 9);

  private static Manifest manifest() {
    return Manifest.of(IMAGE.descriptor(), List.of(BLOB, BLOB));
  }

  private static FetchedSteps.Source.Told unpacked(
      Map<Digest, FetchedSteps.Source> read, Digest key) {
    return InlineSteps.unpacked(assertInstanceOf(FetchedSteps.Source.Inline.class, read.get(key)));
  }

  @Test
  void add_stepsOfTheImage_areReadAgainWithTheirLayers() {
    InlineSteps steps = new InlineSteps(IMAGE);
    steps.add(KEY, BASE);
    Map<Digest, FetchedSteps.Source> read = InlineSteps.read(steps.told(manifest()));
    FetchedSteps.Source.Told told = unpacked(read, KEY);
    assertEquals(BASE.id(), told.config().id());
    assertEquals(List.of(BLOB), told.layers());
  }

  @Test
  void add_stepsOfAnotherStageOnTheSameLayers_areNotTold() {
    InlineSteps steps = new InlineSteps(IMAGE);
    ImageConfig secret =
        BASE.toBuilder()
            .env("TOKEN", "abc")
            .history(History.empty(Instant.EPOCH, "ENV TOKEN=abc"))
            .build();
    steps.add(KEY, secret);
    assertTrue(steps.isEmpty());
  }

  @Test
  void read_malformedConfiguration_isAnErrorOfThatStepAlone() {
    InlineSteps steps = new InlineSteps(IMAGE);
    steps.add(KEY, BASE);
    Manifest told = steps.told(manifest());
    String annotation = "io.jollyboat.build.steps";
    Digest other = Digest.sha256(new byte[] {9});
    Manifest changed =
        Manifest.builder(told.config())
            .layers(told.layers())
            .annotations(Map.of(annotation, told.annotations().get(annotation) + other + " @@@\n"))
            .build();
    Map<Digest, FetchedSteps.Source> read = InlineSteps.read(changed);
    assertEquals(2, read.size());
    assertThrows(OciFormatException.class, () -> unpacked(read, other));
  }
}
