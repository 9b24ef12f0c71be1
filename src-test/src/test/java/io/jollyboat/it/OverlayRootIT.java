package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.OrdinaryUser;
import io.jollyboat.test.OverlayMachine;
import io.jollyboat.test.RegistryProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine of a program that itself runs in a container, its root an overlay. */
@IntegrationTest
class OverlayRootIT {
  private static final String[] TOPICS = {"build", "cached", "files", "exec", "probe"};

  private static String[] words(String root, RegistryProcess registry) {
    String[] words = new String[TOPICS.length + 2];
    words[0] = root;
    words[1] = registry.host();
    System.arraycopy(TOPICS, 0, words, 2, TOPICS.length);
    return words;
  }

  /** Steps that delete files leave whiteouts in a layer; the next run is upon it. */
  private static void assertWorks(String all, String store) {
    assertTrue(all.contains("files: exit 1 /d 0:0 755 | /d/g 5:6 644 | "), all);
    assertTrue(all.contains("ls: /bin/vi: No such file or directory\n"), all);
    assertTrue(all.contains("code 7 stopped OptionalInt[9]"), all);
    assertTrue(all.contains("store DEGRADED the usual root "), all);
    assertTrue(all.contains(store + " is used"), all);
    assertTrue(all.endsWith("closed: yes\n"), all);
  }

  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void open_asRoot_keepsItsFilesInMemoryAndWorks(RegistryProcess registry, @TempDir Path directory)
      throws IOException {
    OverlayMachine container = new OverlayMachine(directory);
    String all = run(container.command(false, RootlessStory.class, words("-", registry)));
    assertWorks(all, "/dev/shm/jollyboat");
  }

  @Test
  void open_asAnOrdinaryUser_keepsHisFilesInMemoryAndWorks(
      RegistryProcess registry, @TempDir Path directory) throws IOException {
    OverlayMachine container =
        new OverlayMachine(Files.createDirectory(directory.resolve("machine")));
    OrdinaryUser user = OrdinaryUser.withSubordinateIds(directory).in(container);
    String all = user.run(RootlessStory.class, words("-", registry));
    assertWorks(all, "/dev/shm/jollyboat-" + OrdinaryUser.UID);
  }

  /** As in a container of somebody else's that has a user namespace. */
  @Test
  void open_asRootOfAUserNamespace_works(RegistryProcess registry, @TempDir Path directory)
      throws IOException {
    OverlayMachine container = new OverlayMachine(directory);
    String[] words = {"-", registry.host(), "who", "single", "files", "exec", "probe"};
    String all = run(container.command(true, RootlessStory.class, words));
    assertTrue(all.startsWith("who: 0 | 0 | 1\n"), all);
    assertTrue(all.contains("/home/app/z 0:0 644 | ls: /bin/vi: No such file"), all);
    assertTrue(all.contains("code 7 stopped OptionalInt[9]"), all);
    assertTrue(all.contains("root DEGRADED"), all);
    assertTrue(all.contains("/dev/shm/jollyboat is used"), all);
    assertTrue(all.endsWith("closed: yes\n"), all);
  }

  @Test
  void run_withARootThatIsOnAnOverlay_saysWhatToDo(
      RegistryProcess registry, @TempDir Path directory) throws IOException {
    OverlayMachine container = new OverlayMachine(directory);
    String root = directory.resolveSibling(directory.getFileName() + "-store").toString();
    String all = run(container.command(false, RootlessStory.class, root, registry.host(), "exec"));
    assertTrue(all.contains("EngineUnavailableException"), all);
    assertTrue(all.contains(root + " lies on an overlay"), all);
    assertTrue(all.contains("Engine.builder().root(path)"), all);
    assertTrue(all.endsWith("closed: yes\n"), all);
  }
}
