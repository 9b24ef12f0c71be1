package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.NetworkMode;
import io.jollyboat.StoredImage;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.OrdinaryUser;
import io.jollyboat.test.RegistryProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine of a user who is not root, with the ids that newuidmap gives him. */
@IntegrationTest
class RootlessIT {
  @TempDir static Path directory = Path.of("");
  @TempDir static Path rootsOwn = Path.of("");

  private static OrdinaryUser user;
  private static RegistryProcess registry;
  private static final Map<String, String> said = new HashMap<>();

  @BeforeAll
  static void tell(RegistryProcess shared) {
    registry = shared;
    user = OrdinaryUser.withSubordinateIds(directory);
    said.putAll(
        told(
            user,
            "who",
            "owners",
            "build",
            "cached",
            "files",
            "push",
            "exec",
            "user",
            "limits",
            "sandbox",
            "hostnet",
            "shared",
            "probe",
            "published",
            "outbound",
            "containers"));
  }

  private static Map<String, String> told(OrdinaryUser user, String... topics) {
    String root = user.home().resolve("store").toString();
    String[] words =
        Stream.concat(Stream.of(root, registry.host()), Stream.of(topics)).toArray(String[]::new);
    String all = user.run(RootlessStory.class, words);
    assertTrue(all.endsWith("closed: yes\n"), all);
    return all.lines()
        .filter(line -> line.contains(": "))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.indexOf(": ")),
                line -> line.substring(line.indexOf(": ") + 2),
                (first, second) -> first));
  }

  private static String said(String topic) {
    return said.getOrDefault(topic, "nothing of " + topic + " in " + said);
  }

  @Test
  void run_ofThisMachinesPrograms_isRootOfItsOwnNamespace() {
    assertEquals("0 | 0 | 2", said("who"));
  }

  @Test
  void pull_filesOfSeveralOwners_keepThem() {
    assertTrue(said("owners").contains("/var/mail 0:8 2775 | /tmp 0:0 1777"), said("owners"));
  }

  @Test
  void build_withRun_givesTheLayersThatRootGets() {
    try (Engine engine = Engine.builder().root(rootsOwn.resolve("build")).open()) {
      StoredImage image =
          engine.build(
              RootlessStory.recipe(registry.host()),
              build -> build.timestamp(Instant.ofEpochSecond(1_600_000_000)));
      String layers =
          image.config().diffIds().stream().map(Object::toString).collect(Collectors.joining(" "));
      assertEquals(layers, said("build"));
    }
    assertEquals(said("build"), said("cached"));
  }

  @Test
  void run_ofABuiltImage_seesTheOwnersThatStepsGave() {
    String seen = "/d 0:0 755 | /d/g 5:6 644 | /home/app/z 1000:1000 644";
    assertTrue(said("files").contains(seen), said("files"));
    assertTrue(said("files").endsWith("ls: /bin/vi: No such file or directory"), said("files"));
  }

  @Test
  void push_ofABuiltImage_isPulledByRootWithItsOwners() {
    assertTrue(said("push").startsWith("sha256:"), said("push"));
    try (Engine engine = Engine.builder().root(rootsOwn.resolve("pull")).open()) {
      ContainerSpec spec =
          ContainerSpec.of(registry.host() + "/mine@" + said("push"))
              .network(NetworkMode.NONE)
              .command("stat", "-c", "%u:%g", "/d/g", "/home/app/z");
      try (Container container = engine.run(spec)) {
        assertEquals(0, container.awaitExit().code());
        assertEquals("5:6\n1000:1000\n", container.logs());
      }
    }
  }

  @Test
  void exec_inARunningContainer_joinsItsNamespaces() {
    String map = "0 4242 1 | 1 300000 65536";
    String words = said("exec").replaceAll(" +", " ");
    assertTrue(words.startsWith("0 | "), words);
    assertTrue(words.contains(map), words);
    assertTrue(words.endsWith("code 7 stopped OptionalInt[9]"), words);
  }

  @Test
  void kill_ofAProcessWithAnotherId_ends() {
    assertEquals("33 OptionalInt[9]", said("user"));
  }

  @Test
  void run_withALimit_saysWhatItNeeds() {
    for (String topic : List.of("limits", "sandbox")) {
      assertTrue(said(topic).contains("ContainerException"), said(topic));
      assertTrue(said(topic).contains("need control groups"), said(topic));
      assertTrue(said(topic).contains("Delegate"), said(topic));
    }
  }

  @Test
  void run_withTheHostsNetwork_seesItsLinksAndCannotWriteSys() {
    assertTrue(said("hostnet").matches("\\w+ \\| 1"), said("hostnet"));
  }

  @Test
  void probe_saysWhatThisUserHas() {
    for (String found :
        List.of(
            "root DEGRADED",
            "user namespaces AVAILABLE",
            "user ids AVAILABLE",
            "overlay AVAILABLE",
            "network AVAILABLE")) {
      assertTrue(said("probe").contains(found), found + " in " + said("probe"));
    }
    assertFalse(said("probe").contains("MISSING"), said("probe"));
  }

  @Test
  void publish_aPort_isServedAndAwaited() {
    assertEquals("hello | 0", said("published"));
  }

  @Test
  void run_withANetwork_reachesOtherAddressesByTheInstalledProgram() {
    assertTrue(said("outbound").contains("| reached"), said("outbound"));
  }

  @Test
  void run_withTheHostsNamesAndIpc_isInItsNamespaces() throws IOException {
    String expected =
        String.join(
            " | ",
            Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
            Files.readSymbolicLink(Path.of("/proc/self/ns/uts")).toString(),
            Files.readSymbolicLink(Path.of("/proc/self/ns/ipc")).toString());
    assertEquals(expected, said("shared"));
  }

  @Test
  void close_leavesNothing() throws IOException {
    assertEquals("0 left", said("containers"));
    assertEquals(List.of(), names(user.home().resolve("store/containers")));
    assertEquals(List.of(), names(user.home().resolve("jollyboat-" + OrdinaryUser.UID)));
    assertEquals(List.of(), processes());
  }

  @Test
  void killedJvm_leavesNoProcessAndTheNextOpenClearsItsFiles() throws Exception {
    Path store = user.home().resolve("killed");
    Process jvm =
        new ProcessBuilder(
                user.command(RootlessStory.class, store.toString(), registry.host(), "linger"))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = jvm.inputReader()) {
      StringBuilder before = new StringBuilder();
      for (String line = output.readLine(); ; line = output.readLine()) {
        before.append(line).append('\n');
        assertFalse(line == null, () -> "it ended: " + before);
        if (line.equals("lingering")) {
          break;
        }
      }
      assertFalse(processes().isEmpty());
      jvm.destroyForcibly().waitFor();
    } finally {
      jvm.destroyForcibly();
      jvm.getOutputStream().close();
    }
    awaitNoProcess();
    assertEquals(1, names(store.resolve("containers")).size());
    String next = user.run(RootlessStory.class, store.toString(), registry.host(), "containers");
    assertTrue(next.contains("containers: 0 left"), next);
    assertEquals(List.of(), names(store.resolve("containers")));
  }

  private static void awaitNoProcess() throws Exception {
    long end = System.nanoTime() + 10_000_000_000L;
    while (!processes().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertEquals(List.of(), processes());
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }

  /** The command lines of this user's processes, and of those with his subordinate ids. */
  private static List<String> processes() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(path -> path.getFileName().toString().matches("\\d+"))
          .filter(RootlessIT::isHis)
          .map(path -> path.getFileName() + " " + command(path))
          .toList();
    }
  }

  private static boolean isHis(Path process) {
    try {
      int uid = (Integer) Files.getAttribute(process, "unix:uid");
      String status = Files.readString(process.resolve("status"));
      int real = Integer.parseInt(status.replaceAll("(?s).*\nUid:\\s+(\\d+).*", "$1"));
      int first = OrdinaryUser.FIRST_SUBORDINATE;
      return uid == OrdinaryUser.UID
          || real == OrdinaryUser.UID
          || (real >= first && real < first + 65536);
    } catch (IOException ended) {
      return false;
    }
  }

  private static String command(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException ended) {
      return "";
    }
  }
}
