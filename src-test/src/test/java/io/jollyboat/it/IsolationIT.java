package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.Mount;
import io.jollyboat.NetworkMode;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RecordedProgress;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process in a container, or in a build's RUN, can see and do with every default. */
@EveryKernel
@IntegrationTest
class IsolationIT {
  /** Docker's fourteen. */
  private static final String CAPABILITIES = "00000000a80425fb";

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnt", "pid", "ipc", "uts", "net", "cgroup"})
  void namespace_ofAContainer_isItsOwn(String kind) throws IOException {
    String own = Files.readSymbolicLink(Path.of("/proc/self/ns", kind)).toString();
    assertNotEquals(own, sh("readlink /proc/self/ns/" + kind).strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnt", "pid", "ipc", "uts", "cgroup"})
  void namespace_ofABuildStep_isItsOwn(String kind) throws IOException {
    String own = Files.readSymbolicLink(Path.of("/proc/self/ns", kind)).toString();
    assertNotEquals(own, built("readlink /proc/self/ns/" + kind).strip());
  }

  @Test
  void privileges_ofAContainer_areDockersAndCannotGrow() {
    String status = sh("cat /proc/self/status");
    for (String set : List.of("CapPrm", "CapEff", "CapBnd")) {
      assertEquals(CAPABILITIES, field(status, set), set);
    }
    assertEquals("0000000000000000", field(status, "CapInh"));
    assertEquals("0000000000000000", field(status, "CapAmb"));
    assertEquals("1", field(status, "NoNewPrivs"));
    assertEquals("2", field(status, "Seccomp"));
  }

  @Test
  void privileges_ofABuildStep_areDockersAndMayGrow() {
    String status = built("cat /proc/self/status");
    assertEquals(CAPABILITIES, field(status, "CapEff"));
    assertEquals("0", field(status, "NoNewPrivs"));
    assertEquals("2", field(status, "Seccomp"));
  }

  @Test
  void processes_ofAContainer_areOnlyItsOwn() {
    List<String> pids = sh("ls /proc").lines().filter(name -> name.matches("\\d+")).toList();
    assertTrue(pids.contains("1") && pids.size() <= 3, pids.toString());
    assertEquals("sh", sh("cat /proc/1/comm; true").strip());
  }

  @Test
  void descriptors_ofAContainer_areTheThreeStreams() {
    String open = sh("ls /proc/self/fd; true").strip();
    assertEquals("0\n1\n2\n3", open, "the fourth is the directory that ls reads");
  }

  @Test
  void environment_ofAContainer_hasNothingOfThisProcess() {
    try (Engine engine = store.builder().open()) {
      Set<String> names =
          sh(engine, "env").lines().map(line -> line.split("=", 2)[0]).collect(Collectors.toSet());
      assertTrue(names.containsAll(Set.of("PATH", "HOME", "HOSTNAME")), names.toString());
      names.removeAll(Set.of("PATH", "HOME", "HOSTNAME", "TERM", "PWD", "SHLVL"));
      assertEquals(Set.of(), names);
    }
  }

  @Test
  void environment_ofABuildStep_isDockers() {
    String env = built("env; hostname");
    assertTrue(env.contains("HOME=/root\n"), env);
    assertTrue(
        env.contains("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"), env);
    assertTrue(env.contains("HOSTNAME="), env);
  }

  @Test
  void hostname_ofAContainer_isTheStartOfItsId() {
    assertTrue(sh("hostname").strip().matches("[0-9a-f]{12}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/proc/kcore",
        "/proc/keys",
        "/proc/timer_list",
        "/proc/sched_debug",
        "/proc/interrupts"
      })
  void maskedFile_whenRead_isEmpty(String file) {
    assertEquals("0", sh("[ ! -e " + file + " ] && echo 0 || wc -c < " + file).strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc/acpi", "/proc/scsi", "/sys/firmware"})
  void maskedDirectory_whenListed_isEmpty(String directory) {
    assertEquals("", sh("[ ! -e " + directory + " ] || ls -A " + directory));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/proc/sys/kernel/hostname",
        "/proc/sysrq-trigger",
        "/proc/irq/default_smp_affinity"
      })
  void readOnlyPath_whenWritten_refuses(String file) {
    Result result =
        run("[ -e " + file + " ] || { echo Read-only file system >&2; exit 1; }; echo x > " + file);
    assertNotEquals(0, result.status().code());
    assertTrue(result.err().contains("Read-only file system"), result.err());
  }

  @Test
  void kernelInterfaces_ofAContainer_areReadOnly() {
    String mounts = sh("cat /proc/mounts");
    assertTrue(mounts.lines().anyMatch(line -> line.matches("\\S+ /sys sysfs ro,.*")), mounts);
    assertTrue(
        mounts
            .lines()
            .filter(line -> line.contains(" /sys/fs/cgroup"))
            .allMatch(line -> line.matches("\\S+ \\S+ \\S+ ro[, ].*")),
        mounts);
    assertTrue(mounts.lines().anyMatch(line -> line.contains(" /sys/fs/cgroup")), mounts);
    assertTrue(mounts.lines().anyMatch(line -> line.matches("\\S+ / overlay rw,.*")), mounts);
  }

  @Tag(EveryKernel.DELEGATED)
  @Test
  void cgroups_ofAContainer_areNamespaced() {
    List<String> paths =
        sh("cat /proc/self/cgroup").lines().map(line -> line.split(":", 3)[2]).toList();
    assertEquals(Set.of("/"), Set.copyOf(paths));
  }

  @Test
  void devices_ofAContainer_areTheUsualOnes() {
    String expected =
        "console? core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero";
    Set<String> known =
        Arrays.stream(expected.replace("?", "").split(" ")).collect(Collectors.toSet());
    Set<String> there = sh("ls /dev").lines().collect(Collectors.toSet());
    there.removeAll(known);
    assertEquals(Set.of(), there);
    assertEquals("1 3", sh("stat -c '%t %T' /dev/null").strip());
  }

  @Tag(EveryKernel.DELEGATED)
  @Test
  void device_thatIsNotAllowed_cannotBeOpened() {
    Result result = run("mknod /tmp/disk b 8 0 && head -c 1 /tmp/disk");
    assertNotEquals(0, result.status().code());
    assertTrue(result.err().contains("Operation not permitted"), result.err());
  }

  @Test
  void mount_byTheContainer_isRefused() {
    Result result = run("mount -t tmpfs none /mnt");
    assertNotEquals(0, result.status().code());
  }

  @Test
  void files_writtenByAContainer_areGoneInTheNext() {
    sh("echo x > /left");
    assertNotEquals(0, run("cat /left").status().code());
  }

  @Test
  void mounts_ofAContainer_areNotSeenByTheMachine() throws IOException {
    String before = Files.readString(Path.of("/proc/self/mountinfo"));
    try (Engine engine = store.open();
        Container container = engine.run(Specs.busybox().command("sleep", "60"))) {
      assertTrue(container.running());
      assertEquals(before, Files.readString(Path.of("/proc/self/mountinfo")));
    }
  }

  @Test
  void hostFile_mountedReadOnly_cannotBeWritten(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "here");
    ContainerSpec spec = Specs.busybox().mount(Mount.readOnly(directory, "/given"));
    try (Engine engine = store.open()) {
      assertEquals("here", Result.sh(engine, spec, "cat /given/file"));
      Result result = Result.of(engine, spec.command("sh", "-c", "echo x > /given/file"));
      assertTrue(result.err().contains("Read-only file system"), result.err());
    }
    assertEquals("here", Files.readString(file));
  }

  @Test
  void hostDirectory_mountedReadWrite_receivesWhatIsWritten(@TempDir Path directory)
      throws IOException {
    try (Engine engine = store.open()) {
      Result.sh(
          engine,
          Specs.busybox().mount(Mount.readWrite(directory, "/given")),
          "echo back > /given/file");
    }
    assertEquals("back\n", Files.readString(directory.resolve("file")));
  }

  @Test
  void user_ofTheSpecAndOfTheImage_isWhoRuns() {
    try (Engine engine = store.open()) {
      assertEquals(
          "65534:65534\n",
          Result.sh(engine, Specs.busybox().user("nobody"), "echo $(id -u):$(id -g)"));
      assertEquals(
          "1000:1001 1001\n",
          Result.sh(engine, Specs.busybox().user("1000:1001"), "echo $(id -u):$(id -g) $(id -G)"));
      Image image = Image.from(TestImages.BUSYBOX).user("nobody").cmd("id", "-un");
      Result result = Result.of(engine, ContainerSpec.of(image).network(NetworkMode.NONE));
      assertEquals("nobody\n", result.out());
    }
  }

  @Test
  void capabilities_ofAnotherUser_areNone() {
    try (Engine engine = store.open()) {
      String status = Result.sh(engine, Specs.busybox().user("nobody"), "cat /proc/self/status");
      assertEquals("0000000000000000", field(status, "CapEff"));
    }
  }

  @Test
  void pivotedRoot_whenLeftUpwards_isStillTheRoot() {
    assertEquals(sh("ls /"), sh("cd ../../../.. && ls"));
    assertFalse(sh("cat /proc/1/mountinfo").contains(store.root().toString() + "/layers "));
  }

  private static String sh(String script) {
    try (Engine engine = store.open()) {
      return sh(engine, script);
    }
  }

  private static String sh(Engine engine, String script) {
    return Result.sh(engine, Specs.busybox(), script);
  }

  private static Result run(String script) {
    try (Engine engine = store.open()) {
      return Result.of(engine, Specs.busybox().command("sh", "-c", script));
    }
  }

  /** What a build's step prints. */
  private static String built(String script) {
    RecordedProgress progress = new RecordedProgress();
    try (Engine engine = store.open()) {
      engine.build(
          Image.from(TestImages.BUSYBOX).run(script), build -> build.noCache().progress(progress));
    }
    return progress.output();
  }

  private static String field(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .findFirst()
        .orElseThrow()
        .split("\\s+")[1];
  }
}
