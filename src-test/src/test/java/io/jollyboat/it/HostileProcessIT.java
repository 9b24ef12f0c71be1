package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerProcess;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExecSpec;
import io.jollyboat.Image;
import io.jollyboat.JollyboatException;
import io.jollyboat.Rights;
import io.jollyboat.Size;
import io.jollyboat.Wait;
import io.jollyboat.test.Command;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.Programs;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs in a container that try to get out, to see, or to slow down more than was given. */
@EveryKernel
@IntegrationTest
class HostileProcessIT {
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;
  private static final int EAFNOSUPPORT = 97;

  @TempDir private static Path directory = Path.of("");
  private static TestStore store;
  private static Programs programs;

  @BeforeAll
  static void pull(RegistryProcess registry) throws IOException {
    store = TestStore.with(registry, TestImages.BUSYBOX);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    programs = Programs.compile(directory, "probe", "hunter", "session");
    Path script = Files.writeString(programs.path("evil"), "#!/proc/self/exe\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  private static ContainerSpec spec() {
    return Specs.busybox().mount(programs.mount());
  }

  /** What the kernel answers to every attempt of {@code probe.c}: error numbers, 0 for success. */
  private static Map<String, Integer> probe(ContainerSpec spec) {
    try (Engine engine = store.open()) {
      Result result = Result.of(engine, spec.command("/programs/probe"));
      assertEquals(0, result.status().code(), result::toString);
      Map<String, Integer> answers = new TreeMap<>();
      result
          .out()
          .lines()
          .map(line -> line.split(" "))
          .forEach(words -> answers.put(words[0], Integer.valueOf(words[1])));
      return answers;
    }
  }

  /** Names whose answer is one of these. */
  private static Set<String> answered(Map<String, Integer> answers, int error) {
    return answers.entrySet().stream()
        .filter(answer -> answer.getValue() == error)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Test
  void systemCalls_dangerousOnes_areRefusedByEveryConvention() {
    Map<String, Integer> answers = probe(spec());
    Map<String, Integer> other = new TreeMap<>(answers);
    other.keySet().removeAll(answered(answers, EPERM));
    other.keySet().removeAll(Set.of("open-tty", "inject"));
    assertEquals(
        Map.of(
            "clone3", ENOSYS,
            "unknown", ENOSYS,
            "socket-packet", 0,
            "socket-inet", 0,
            "socket-unix", 0),
        other);
  }

  @Test
  void systemCalls_withoutTheFilter_areAnsweredOtherwise() {
    Map<String, Integer> filtered = probe(spec());
    Map<String, Integer> free = probe(spec().rights(Rights::privileged));
    for (String name :
        List.of(
            "unshare",
            "clone3",
            "fsopen",
            "bpf",
            "keyctl",
            "add_key",
            "int80-unshare",
            "personality",
            "kcmp",
            "sethostname",
            "umount2")) {
      assertNotEquals(filtered.get(name), free.get(name), name);
    }
  }

  @Test
  void systemCalls_ofASandbox_areFewer() {
    Map<String, Integer> answers =
        probe(ContainerSpec.sandbox(Image.from(TestImages.BUSYBOX)).mount(programs.mount()));
    assertEquals(EAFNOSUPPORT, answers.get("socket-packet"));
    assertEquals(EAFNOSUPPORT, answers.get("socket-alg"));
    assertEquals(EPERM, answers.get("inject"));
    assertEquals(0, answers.get("socket-unix"));
    assertEquals(ENOSYS, answers.get("clone3"));
    for (String name : List.of("unshare-user", "clone-user", "mount", "keyctl", "bpf", "kcmp")) {
      assertEquals(EPERM, answers.get(name), name);
    }
  }

  @Test
  void terminal_ofTheCaller_isOutOfReach() {
    Map<String, Integer> answers = probe(spec());
    assertNotEquals(0, answers.get("open-tty"));
    assertNotEquals(0, answers.get("inject"));
  }

  @Test
  void packets_ofARawSocket_stayInTheContainersNetwork() {
    Map<String, Integer> without = probe(spec().rights(rights -> rights.drop("NET_RAW")));
    assertEquals(EPERM, without.get("socket-packet"));
  }

  @Tag(EveryKernel.DELEGATED)
  @Test
  void forkBomb_withALimit_neitherStopsTheMachineNorOutlivesTheContainer() throws Exception {
    String bomb = "b() { b | b & }; echo armed; b; sleep 60";
    try (Engine engine = store.open();
        Container container = engine.run(spec().pids(100).command("sh", "-c", bomb))) {
      assertEquals('a', container.stdout().read());
      for (int i = 0; i < 20; i++) {
        assertEquals(0, new ProcessBuilder("true").start().waitFor());
      }
      container.close();
      assertEquals(Set.of(), containersProcesses(container.id().hex()));
    }
  }

  private static Set<String> containersProcesses(String id) throws IOException {
    Set<String> found = new TreeSet<>();
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      try {
        Path groups = Path.of("/proc", Long.toString(process.pid()), "cgroup");
        if (Files.readString(groups).contains(id)) {
          found.add(process.toString());
        }
      } catch (IOException ended) { // since it was listed
        found.remove(process.toString());
      }
    }
    return found;
  }

  @Tag(EveryKernel.DELEGATED)
  @Test
  void memoryBomb_ofATmpfs_isBoundedByTheLimitOfMemory() {
    ContainerSpec spec = spec().memory(Size.mib(32));
    try (Engine engine = store.open()) {
      Result result =
          Result.of(engine, spec.command("sh", "-c", "exec cat /dev/zero > /dev/shm/bomb"));
      assertNotEquals(0, result.status().code(), result::toString);
    }
  }

  @Test
  void execBesideAHunter_givesItNothingOfTheEngines() throws IOException {
    Map<String, Long> caught = hunt(spec(), "sleep", List.of("sleep", "0"));
    assertTrue(
        caught.getOrDefault("foreign", 0L) > 0, "it must have met a process on its way: " + caught);
    for (String what : List.of("traced", "memory", "root", "descriptors", "overwritten")) {
      assertEquals(0, caught.get(what), what + " in " + caught);
    }
  }

  @Test
  void execBesideAHunterThatMayTrace_givesItNoMoreThanItHas() throws IOException {
    ContainerSpec tracing = spec().rights(rights -> rights.add("SYS_PTRACE"));
    Map<String, Long> caught = hunt(tracing, "sleep", List.of("sleep", "0"));
    assertTrue(
        caught.getOrDefault("traced", 0L) > 0,
        "it must have traced a process on its way: " + caught);
    for (String what : List.of("stronger", "root", "descriptors", "overwritten")) {
      assertEquals(0, caught.get(what), what + " in " + caught);
    }
  }

  /** The container may not trace, but a program that was executed in it with all rights may. */
  @Test
  void execBesideAPrivilegedHunter_givesItNoMoreThanItHas() throws Exception {
    try (Engine engine = store.open();
        Container container = engine.run(spec().pids(1000).command("sleep", "600"))) {
      container.exec("true");
      ContainerProcess hunter =
          container.exec(ExecSpec.of("/programs/hunter", "6", "sleep").privileged());
      while (hunter.isAlive()) {
        try {
          container.exec("sleep", "0");
        } catch (JollyboatException e) { // the hunter may well have hit what was executed
          assertNotNull(e.getMessage());
        }
      }
      Map<String, Long> caught =
          caught(new String(hunter.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertTrue(
          caught.getOrDefault("traced", 0L) > 0,
          "it must have traced a process on its way: " + caught);
      for (String what : List.of("stronger", "root", "descriptors", "overwritten")) {
        assertEquals(0, caught.get(what), what + " in " + caught);
      }
    }
  }

  @Test
  void launcherExecutedByTheContainer_cannotBeOverwritten() throws IOException {
    Map<String, Long> caught = hunt(spec(), "nothing", List.of("/programs/evil"));
    assertTrue(
        caught.getOrDefault("held", 0L) > 0, "it must have held the engine's program: " + caught);
    assertEquals(0, caught.get("overwritten"), caught::toString);
    try (Engine engine = store.open()) {
      assertEquals("whole\n", Result.sh(engine, Specs.busybox(), "echo whole"));
    }
  }

  /** Executes a command again and again beside {@code hunter.c}; what that got. */
  private static Map<String, Long> hunt(ContainerSpec spec, String expected, List<String> command)
      throws IOException {
    try (Engine engine = store.open();
        Container hunter = engine.run(spec.pids(1000).command("/programs/hunter", "6", expected))) {
      hunter.await(Wait.forLog("hunting"));
      while (hunter.running()) {
        try {
          hunter.exec(command.toArray(String[]::new));
        } catch (JollyboatException e) { // the hunter may well have hit what was executed
          assertNotNull(e.getMessage());
        }
      }
      assertEquals(0, hunter.awaitExit(Duration.ofSeconds(30)).code());
      String out = new String(hunter.stdout().readAllBytes(), StandardCharsets.UTF_8);
      return caught(out);
    }
  }

  /** What the hunter says at its end. */
  private static Map<String, Long> caught(String out) {
    return out.lines()
        .map(line -> line.split(" "))
        .filter(words -> words.length == 2)
        .collect(Collectors.toMap(words -> words[0], words -> Long.valueOf(words[1])));
  }

  @Test
  void descriptorsRootsAndDirectories_ofAllVisibleProcesses_leadNowhereOutside() {
    String script =
        "for p in /proc/[0-9]*; do for l in $p/root $p/cwd $p/exe $p/fd/*; do"
            + " readlink $l; done; done | grep -v -E '^(/|/bin/.*|/proc.*|(pipe|anon_inode|socket):.*|/dev/null)$'";
    try (Engine engine = store.open()) {
      Result result = Result.of(engine, spec().command("sh", "-c", script));
      assertEquals("", result.out());
    }
  }

  @Test
  void files_ofProcThatChangeTheMachine_cannotBeWritten() throws IOException {
    byte[] before = Files.readAllBytes(Path.of("/proc/sys/kernel/printk"));
    String script =
        "for f in sys/kernel/core_pattern sys/kernel/modprobe sys/kernel/printk sysrq-trigger"
            + " sys/vm/drop_caches sys/fs/binfmt_misc/register irq/default_smp_affinity;"
            + " do { echo 1 > /proc/$f; } 2>/dev/null && echo $f; done;"
            + " for f in /sys/kernel/uevent_helper /sys/power/state /sys/kernel/mm/ksm/run;"
            + " do { echo 1 > $f; } 2>/dev/null && echo $f; done; mount -o remount,rw /proc/sys"
            + " 2>/dev/null && echo remounted; true";
    try (Engine engine = store.open()) {
      assertEquals("", Result.sh(engine, spec(), script));
    }
    assertArrayEquals(before, Files.readAllBytes(Path.of("/proc/sys/kernel/printk")));
  }

  @Test
  void keyring_ofAContainer_isNotTheCallers() throws IOException {
    String here = Command.run(Duration.ofSeconds(30), programs.path("session").toString());
    ContainerSpec allowed = spec().rights(Rights::seccompUnconfined);
    try (Engine engine = store.open()) {
      assertEquals("", Result.sh(engine, spec(), "cat /proc/keys"));
      String one = Result.sh(engine, allowed, "/programs/session");
      assertNotEquals(here, one);
      assertNotEquals(one, Result.sh(engine, allowed, "/programs/session"));
    }
  }

  @Tag(EveryKernel.DELEGATED)
  @Test
  void deviceNodes_ofTheMachinesDisksAndMemory_cannotBeOpened() {
    String script =
        "for n in 'b 8 0' 'b 254 0' 'b 7 0' 'c 1 1' 'c 1 2' 'c 1 4' 'c 10 232' 'c 10 200' 'c 4 0';"
            + " do mknod /tmp/n $n && { true < /tmp/n; } 2>/dev/null && echo opened $n; rm -f /tmp/n;"
            + " done; true";
    try (Engine engine = store.open()) {
      assertEquals("", Result.sh(engine, spec(), script));
    }
  }
}
