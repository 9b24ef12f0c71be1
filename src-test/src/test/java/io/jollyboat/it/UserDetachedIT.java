package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.DelegatedGroups;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.OrdinaryUser;
import io.jollyboat.test.RegistryProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Detached containers of a user who is not root: his next program has them whole. */
@IntegrationTest
class UserDetachedIT {
  private static final Map<String, String> said = new HashMap<>();

  private static OrdinaryUser user;
  private static String registry = "";

  /** One program ends by itself, the next is killed, and a third finds what both have started. */
  @BeforeAll
  static void tell(RegistryProcess shared, @TempDir Path directory) throws Exception {
    registry = shared.host();
    user = OrdinaryUser.withSubordinateIds(directory);
    beLimited();
    said.putAll(told("host"));
    lingerAndBeKilled();
    said.putAll(told("found", "commands", "files", "port", "network", "nested"));
  }

  @AfterAll
  static void stop() {
    assertEquals("web 137 | host 137", told("stop").get("stop"));
  }

  private static String[] words(String... topics) {
    String root = user.home().resolve("store").toString();
    return Stream.concat(Stream.of(registry, root), Arrays.stream(topics)).toArray(String[]::new);
  }

  private static Map<String, String> told(String... topics) {
    return Story.of(user, UserDetachedStory.class, words(topics));
  }

  /** In groups that the next program is not in itself, as in another unit of systemd. */
  private static void beLimited() {
    try (DelegatedGroups given = new DelegatedGroups(OrdinaryUser.UID)) {
      OrdinaryUser inside = user.in(given);
      said.putAll(Story.of(inside, UserDetachedStory.class, words("limited")));
      OrdinaryUser next = given.unified() ? inside : user;
      said.putAll(Story.of(next, UserDetachedStory.class, words("limits", "stop")));
      assertEquals("limited 137", said.getOrDefault("stop", ""));
      assertEquals(List.of(), given.below());
    }
  }

  private static void lingerAndBeKilled() throws IOException, InterruptedException {
    List<String> command = user.command(UserDetachedStory.class, words("linger"));
    Process jvm = new ProcessBuilder(command).redirectErrorStream(true).start();
    StringBuilder before = new StringBuilder();
    try (BufferedReader output = jvm.inputReader()) {
      for (String line = output.readLine(); ; line = output.readLine()) {
        before.append(line).append('\n');
        assertTrue(line != null, () -> "it ended: " + before);
        if (line.equals("lingering")) {
          break;
        }
      }
    } finally {
      jvm.destroyForcibly().waitFor();
      jvm.getOutputStream().close();
    }
  }

  private static void assertSaid(String topic, String expected) {
    assertEquals(expected, said.getOrDefault(topic, "nothing of it in " + said), topic);
  }

  @Test
  void jvm_killed_containerAndItsLogAreFound() {
    assertSaid("found", "true begun");
  }

  @Test
  void exec_inAContainerOfAnEarlierEngine_joinsItsNamespaces() {
    assertSaid("commands", "0 | kept word | 33");
  }

  @Test
  void copyTo_aContainerOfAnEarlierEngine_writesInIt() {
    assertSaid("files", "text | changed");
  }

  @Test
  void publishedPort_ofAnEarlierEngine_isServedAndAwaited() {
    assertSaid("port", "hello");
  }

  @Test
  void network_carriedByAProgram_outlivesTheEngine() {
    assertTrue(
        said.getOrDefault("network", "").startsWith("2 | default via 10.0.2.2"),
        said.getOrDefault("network", ""));
  }

  @Test
  void limits_ofAnEarlierEngine_areSeenAndChanged() {
    assertSaid("limited", "9 processes");
    assertSaid("limits", "9 7 in it");
  }

  @Test
  void exec_inANamespaceWithin_isRootThere() {
    assertSaid("host", "0");
    assertSaid("nested", "0 | 2");
  }
}
