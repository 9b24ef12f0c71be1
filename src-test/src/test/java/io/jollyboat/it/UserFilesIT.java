package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.OrdinaryUser;
import io.jollyboat.test.RegistryProcess;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An ordinary user's operations on containers: each works, or says why not. */
@IntegrationTest
class UserFilesIT {
  private static final String[] TOPICS = {
    "copied",
    "stopped",
    "diff",
    "commit",
    "commit-pausing",
    "export",
    "step",
    "outputs",
    "bind",
    "terminal",
    "terminal-exec",
    "top",
    "root-size",
    "bandwidth",
    "pause",
    "stats",
    "update"
  };

  private static Map<String, String> told(OrdinaryUser user, RegistryProcess registry) {
    String[] words = new String[TOPICS.length + 2];
    words[0] = registry.host();
    words[1] = user.home().resolve("store").toString();
    System.arraycopy(TOPICS, 0, words, 2, TOPICS.length);
    return Story.of(user, UserFilesStory.class, words);
  }

  private static void assertSaid(Map<String, String> said, String topic, String pattern) {
    String words = said.getOrDefault(topic, "nothing of it in " + said);
    assertTrue(words.matches(pattern), () -> topic + ": " + words);
  }

  private static void assertWorks(Map<String, String> said, String owner, String other) {
    assertSaid(said, "copied", "from outside \\| x \\| \\[d/?, d/y\\] \\| total .*text");
    assertSaid(said, "stopped", "from outside \\| x \\| \\[d/?, d/y\\]");
    assertSaid(said, "diff", ".*C /bin D /bin/vi.* A /d A /d/y.* A /made.*");
    assertSaid(said, "commit", "/made " + owner + " \\| ls: /bin/vi: No such.* \\| y");
    assertSaid(said, "commit-pausing", ".*ContainerException.*control groups.*withoutPause.*");
    assertSaid(said, "step", "ls: /d: No such.* \\| more " + owner + " \\| " + other + " 604");
    assertSaid(said, "bind", "0:0 \\| touch: /c/x: Read-only.* \\| ls: /s/d/y: No such.* \\| /s/d");
    assertSaid(said, "outputs", "y false true 1 pkg:npm/a@1");
    assertSaid(said, "export", "true true false");
    assertSaid(said, "terminal", "/dev/pts/0 \\| 24 80 \\| crw--w---- .*");
    assertSaid(said, "terminal-exec", "/dev/pts/\\d+ \\| 30 100");
    assertSaid(said, "top", ".*pidInside=1, .*sleep, 1000.*");
    assertSaid(said, "root-size", ".*ContainerException: the root of .* cannot have .*");
    assertSaid(said, "bandwidth", ".*ContainerException.*bridge.*as root");
    assertSaid(said, "pause", ".*ContainerException.*control groups.*");
    assertSaid(said, "stats", ".*ContainerException.*control groups.*Delegate.*");
    assertSaid(said, "update", ".*ContainerException.*control groups.*Delegate.*");
  }

  @Test
  void operations_ofAUserWithSubordinateIds_workOrSayWhyNot(
      RegistryProcess registry, @TempDir Path directory) {
    assertWorks(told(OrdinaryUser.withSubordinateIds(directory), registry), "33:44", "55:66");
  }

  @Test
  void operations_ofAUserWithASingleId_workOrSayWhyNot(
      RegistryProcess registry, @TempDir Path directory) {
    assertWorks(told(OrdinaryUser.withSingleId(directory), registry), "0:0", "0:0");
  }
}
