package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.OrdinaryUser;
import io.jollyboat.test.RegistryProcess;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an ordinary user's containers reach others, by what is installed. */
@IntegrationTest
class CarrierIT {
  private static Map<String, String> told(OrdinaryUser user, RegistryProcess registry) {
    return Story.of(
        user,
        CarrierStory.class,
        registry.host(),
        user.home().resolve("store").toString(),
        "outside",
        "loopback",
        "links",
        "published",
        "probe");
  }

  private static void assertCarried(Map<String, String> said) {
    assertTrue(
        said.getOrDefault("outside", "").startsWith("reached | "),
        said.getOrDefault("outside", ""));
    // What listens on this machine's loopback listens for this machine.
    assertFalse(
        said.getOrDefault("loopback", "").contains("reached"), said.getOrDefault("loopback", ""));
    assertTrue(said.getOrDefault("loopback", "").endsWith("0"), said.getOrDefault("loopback", ""));
    assertTrue(
        said.getOrDefault("links", "").matches("\\w+ \\| \\w+ \\| 0"),
        said.getOrDefault("links", ""));
    assertEquals("hello", said.getOrDefault("published", ""));
    assertEquals("AVAILABLE ; ", said.getOrDefault("probe", "") + " ");
  }

  @Test
  void network_byPasta_reachesOthersAndNotThisMachinesLoopback(
      RegistryProcess registry, @TempDir Path directory) {
    OrdinaryUser user = OrdinaryUser.withSubordinateIds(directory).without("slirp4netns");
    assertCarried(told(user, registry));
  }

  @Test
  void network_bySlirp4netns_reachesOthersAndNotThisMachinesLoopback(
      RegistryProcess registry, @TempDir Path directory) {
    OrdinaryUser user = OrdinaryUser.withSubordinateIds(directory).without("pasta");
    assertCarried(told(user, registry));
  }

  @Test
  void network_byNothing_isALoopbackDeviceWithPublishedPorts(
      RegistryProcess registry, @TempDir Path directory) {
    OrdinaryUser user = OrdinaryUser.withSubordinateIds(directory).without("pasta", "slirp4netns");
    Map<String, String> said = told(user, registry);
    assertTrue(
        said.getOrDefault("outside", "").matches("nc: .*unreachable \\| 0"),
        said.getOrDefault("outside", ""));
    assertEquals("hello", said.getOrDefault("published", ""));
    assertTrue(said.getOrDefault("probe", "").startsWith("DEGRADED neither pasta nor slirp4netns"));
    assertTrue(said.getOrDefault("probe", "").contains("install the package passt or slirp4netns"));
  }
}
