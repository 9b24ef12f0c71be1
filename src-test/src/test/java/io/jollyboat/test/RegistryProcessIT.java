package io.jollyboat.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

@IntegrationTest
class RegistryProcessIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void sharedRegistry_afterStart_holdsTheTestImages(RegistryProcess registry) {
    for (String name : new String[] {TestImages.BUSYBOX, TestImages.DEBIAN, TestImages.NODE}) {
      assertTrue(inspect(registry, name).contains("\"Os\": \"linux\""), name);
    }
  }

  @Test
  void node_inTheRegistry_sharesItsFirstLayerWithDebian(RegistryProcess registry) {
    String debian = inspect(registry, TestImages.DEBIAN, "{{index .Layers 0}} {{len .Layers}}");
    String node = inspect(registry, TestImages.NODE, "{{index .Layers 0}} {{len .Layers}}");
    assertEquals(debian.replace(" 1", " 2"), node);
  }

  @Test
  void start_twice_givesTwoRegistriesOnTheirOwnPorts(RegistryProcess shared) {
    try (RegistryProcess second = RegistryProcess.start()) {
      assertFalse(second.port() == shared.port());
      TestImages.make().push(TestImages.BUSYBOX, second, "other/name:1");
      assertTrue(inspect(second, "other/name:1").contains("\"Os\": \"linux\""));
      assertTrue(second.log().contains("PUT"));
    }
  }

  private static String inspect(RegistryProcess registry, String name) {
    return inspect(registry, name, "{{json .}}").replace("\":\"", "\": \"");
  }

  private static String inspect(RegistryProcess registry, String name, String format) {
    return Command.run(
        LIMIT,
        Command.find("skopeo").toString(),
        "inspect",
        "--no-tags",
        "--tls-verify=false",
        "--format",
        format,
        "docker://" + registry.reference(name));
  }
}
