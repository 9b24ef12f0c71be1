package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.OrdinaryUser;
import io.jollyboat.test.RegistryProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine of a user who is not root and has no id but his own. */
@IntegrationTest
class SingleIdIT {
  @Test
  void engine_ofAUserWithoutSubordinateIds_squashesOwnersAndSaysWhatNeedsMore(
      RegistryProcess registry, @TempDir Path directory) {
    OrdinaryUser user = OrdinaryUser.withSingleId(directory);
    String root = user.home().resolve("store").toString();
    String all =
        user.run(
            RootlessStory.class,
            root,
            registry.host(),
            "who",
            "owners",
            "single",
            "files",
            "push",
            "exec",
            "user",
            "probe");
    assertTrue(all.contains("who: 0 | 0 | 1\n"), all);
    // Pulled and run, though its files have several owners: all are the one there is.
    assertTrue(all.contains("/var/mail 0:0 2775 | /tmp 0:0 1777"), all);
    // An owner that a FileSet names is noted: the image is what it would be for root.
    assertTrue(all.contains("| /home/app/z 0:0 644"), all);
    assertTrue(all.matches("(?s).*\npush: sha256:\\w{64}\n.*"), all);
    assertTrue(all.contains("code 7 stopped OptionalInt[9]"), all);
    assertTrue(all.matches("(?s).*\nuser: [^\n]*nobody can be user 33:33[^\n]*uidmap.*"), all);
    assertTrue(all.contains("user ids DEGRADED"), all);
    assertTrue(all.endsWith("closed: yes\n"), all);
  }
}
