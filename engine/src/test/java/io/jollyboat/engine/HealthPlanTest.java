package io.jollyboat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContainerSpec;
import io.jollyboat.oci.Healthcheck;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Platform;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthPlanTest {
  private static final ContainerSpec SPEC = ContainerSpec.of("x");

  private static ImageConfig image(List<String> test) {
    return ImageConfig.builder(Platform.current())
        .healthcheck(Optional.of(Healthcheck.of(test)))
        .build();
  }

  @Test
  void of_nothingSaid_isNone() {
    assertTrue(HealthPlan.of(SPEC, ImageConfig.builder(Platform.current()).build()).isEmpty());
    assertTrue(HealthPlan.of(SPEC, image(List.of("NONE"))).isEmpty());
  }

  @Test
  void of_image_hasDockersDefaults() {
    HealthPlan plan = HealthPlan.of(SPEC, image(List.of("CMD-SHELL", "exit 0"))).orElseThrow();

    assertEquals(List.of("/bin/sh", "-c", "exit 0"), plan.words());
    assertEquals(Duration.ofSeconds(30), plan.interval());
    assertEquals(Duration.ofSeconds(30), plan.timeout());
    assertEquals(Duration.ZERO, plan.startPeriod());
    assertEquals(Duration.ofSeconds(5), plan.startInterval());
    assertEquals(3, plan.retries());
  }

  @Test
  void of_specification_winsOverTheImage() {
    ContainerSpec own = SPEC.health(io.jollyboat.dockerfile.Healthcheck.exec("true").retries(7));
    ContainerSpec off = SPEC.health(io.jollyboat.dockerfile.Healthcheck.none());

    assertEquals(
        List.of("true"), HealthPlan.of(own, image(List.of("CMD", "x"))).orElseThrow().words());
    assertEquals(7, HealthPlan.of(own, image(List.of("CMD", "x"))).orElseThrow().retries());
    assertTrue(HealthPlan.of(off, image(List.of("CMD", "x"))).isEmpty());
  }
}
