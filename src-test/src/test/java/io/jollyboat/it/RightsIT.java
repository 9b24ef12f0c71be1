package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.IdMap;
import io.jollyboat.Mount;
import io.jollyboat.NetworkMode;
import io.jollyboat.Rights;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.Programs;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rights that are given and taken, as a process in the container finds them. */
@EveryKernel
@IntegrationTest
class RightsIT {
  private static final String NET_RAW = "0000000000002000";
  private static final String NONE = "0000000000000000";
  private static final List<IdMap> SHIFTED =
      List.of(new IdMap(0, 700_000, 1000), new IdMap(1000, 800_000, 1000));

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  private static Result run(UnaryOperator<Rights> rights, String script) {
    return run(Specs.busybox().rights(rights), script);
  }

  private static Result run(ContainerSpec spec, String script) {
    try (Engine engine = store.open()) {
      return Result.of(engine, spec.command("sh", "-c", script));
    }
  }

  private static String sh(UnaryOperator<Rights> rights, String script) {
    try (Engine engine = store.open()) {
      return Result.sh(engine, Specs.busybox().rights(rights), script);
    }
  }

  private static ContainerException refused(UnaryOperator<Rights> rights) {
    return assertThrows(ContainerException.class, () -> run(rights, "true"));
  }

  private static String capabilities(UnaryOperator<Rights> rights) {
    String status = sh(rights, "cat /proc/self/status");
    String effective = field(status, "CapEff");
    assertEquals(effective, field(status, "CapPrm"));
    assertEquals(effective, field(status, "CapBnd"));
    assertEquals(NONE, field(status, "CapInh"), "CVE-2022-24769");
    assertEquals(NONE, field(status, "CapAmb"));
    return effective;
  }

  private static String field(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .findFirst()
        .orElseThrow()
        .split("\\s+")[1];
  }

  private static String heldHere() throws IOException {
    return field(Files.readString(Path.of("/proc/self/status")), "CapPrm");
  }

  @Test
  void capabilities_addedAndDropped_areThose() throws IOException {
    assertEquals(
        "00000000a80c05fb",
        capabilities(r -> r.drop("CAP_NET_RAW", "sys_boot").add("SYS_PTRACE", "cap_chown")));
    assertEquals(NET_RAW, capabilities(r -> r.drop(Rights.ALL).add("net_raw")));
    assertEquals(NONE, capabilities(r -> r.drop("all")));
    assertEquals(heldHere(), capabilities(r -> r.add(Rights.ALL)));
    long all = Long.parseUnsignedLong(heldHere(), 16);
    long without = Long.parseUnsignedLong(capabilities(r -> r.add("ALL").drop("SYS_ADMIN")), 16);
    assertEquals(all & ~(1L << 21), without);
  }

  @Test
  void capability_thatIsNone_isRefusedByName() {
    Failure.says(refused(r -> r.add("NET_ROW")), "unknown capability", "NET_ROW");
    Failure.says(refused(r -> r.drop("CAP_SYS_AMDIN")), "unknown capability", "SYS_AMDIN");
  }

  @Test
  void capability_thatIsDropped_isMissedByTheProgram() {
    assertEquals(0, run(r -> r, "chroot / true").status().code());
    assertNotEquals(0, run(r -> r.drop("SYS_CHROOT"), "chroot / true").status().code());
    assertNotEquals(0, run(r -> r, "mount -t tmpfs none /tmp").status().code());
    assertEquals(0, run(r -> r.add("SYS_ADMIN"), "mount -t tmpfs none /tmp").status().code());
  }

  @Test
  void seccomp_ofAProfile_isWhatTheProgramMeets() {
    String profile =
        """
        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
          {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28},
          {"names": ["sethostname"], "action": "SCMP_ACT_ERRNO", "excludes": {"caps": ["CAP_SYS_ADMIN"]}}]}
        """;
    Result result = run(r -> r.seccomp(profile), "mkdir /x; grep Seccomp: /proc/self/status");
    assertTrue(result.err().contains("No space left on device"), result.err());
    assertTrue(result.out().contains("2"), result.out());
    assertEquals(
        "", run(r -> r.seccomp(profile), "unshare -U true").err(), "the default refuses it");
  }

  @Test
  void seccomp_thatKills_endsTheProgramBySignal() {
    String profile =
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"mkdir\","
            + " \"mkdirat\"], \"action\": \"SCMP_ACT_KILL_PROCESS\"}]}";
    assertEquals(128 + 31, run(r -> r.seccomp(profile), "mkdir /x; exit $?").status().code());
  }

  @Test
  void seccomp_badProfile_isRefusedWithItsPlace() {
    OciFormatException bad =
        assertThrows(
            OciFormatException.class,
            () -> Rights.defaults().seccomp("{\"defaultAction\": \"ALLOW\"}"));
    Failure.says(bad, "defaultAction", "is no action: ALLOW");
  }

  @Test
  void seccomp_unconfined_isNone() {
    assertEquals("0", field(sh(Rights::seccompUnconfined, "cat /proc/self/status"), "Seccomp"));
    assertEquals(0, run(Rights::seccompUnconfined, "unshare -U true").status().code());
    assertNotEquals(0, run(r -> r, "unshare -U true").status().code());
  }

  @Test
  void newPrivileges_asked_setIdProgramsGiveThem(@TempDir Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Programs programs = Programs.compile(directory, "effective");
    Files.setAttribute(programs.path("effective"), "unix:mode", 04755);
    ContainerSpec nobody = Specs.busybox().mount(programs.mount()).user("nobody");
    assertEquals("65534\n", run(nobody, "/programs/effective").out());
    assertEquals("0\n", run(nobody.rights(Rights::newPrivileges), "/programs/effective").out());
  }

  @Tag(EveryKernel.DELEGATED)
  @Test
  void device_ofTheHost_isMadeWithItsNumbersAndMayBeUsed() {
    Path loop = Path.of("/dev/loop-control");
    String numbers = "stat -c '%t:%T %a %u' /dev/loop-control /dev/other";
    Result result =
        run(
            r -> r.device(loop).device(loop, "/dev/other", "r"),
            numbers + "; cat < /dev/other 2>&1; echo > /dev/other");
    assertTrue(result.out().startsWith("a:ed "), result.out());
    assertEquals(2, result.out().lines().filter(line -> line.startsWith("a:ed ")).count());
    assertFalse(result.out().contains("Operation not permitted"), result.out());
  }

  @Tag(EveryKernel.DELEGATED)
  @Test
  void device_withFewerPermissions_refusesTheOthers() {
    Path fuse = Path.of("/dev/fuse");
    assertEquals(0, run(r -> r.device(fuse, "/dev/f", "r"), "exec 3< /dev/f").status().code());
    Result writing = run(r -> r.device(fuse, "/dev/f", "r"), "exec 3<> /dev/f");
    assertTrue(writing.err().contains("Operation not permitted"), writing.err());
    Result ungiven = run(r -> r, "mknod /dev/f c 10 229 && exec 3< /dev/f");
    assertTrue(ungiven.err().contains("Operation not permitted"), ungiven.err());
  }

  @Tag(EveryKernel.DELEGATED)
  @Test
  void deviceRule_allowsANodeThatTheContainerMakes() {
    Result result = run(r -> r.deviceRule("c 10:229 rwm"), "mknod /f c 10 229 && exec 3<> /f");
    assertEquals(0, result.status().code(), result.err());
  }

  @Test
  void device_thatIsNone_isRefused() {
    Failure.says(refused(r -> r.device(Path.of("/etc/passwd"))), "/etc/passwd is not a device");
    Failure.says(refused(r -> r.device(Path.of("/dev/nowhere"))), "/dev/nowhere");
  }

  @Test
  void maskedAndReadOnlyPaths_given_replaceTheUsualOnes() {
    String script =
        "wc -c < /etc/passwd; ls /etc/ssl 2>/dev/null | wc -l; head -c1 /proc/timer_list | wc -c;"
            + " touch /usr/x; echo 1 > /proc/sys/kernel/printk_delay && echo wrote";
    Result usual = run(r -> r, script);
    assertFalse(usual.out().startsWith("0\n"), usual.out());
    assertFalse(usual.out().contains("wrote"), usual.out());
    Result given = run(r -> r.maskedPaths("/etc/passwd").readOnlyPaths("/usr"), script);
    assertTrue(given.out().startsWith("0\n"), given.out());
    assertTrue(given.err().contains("/usr/x: Read-only file system"), given.err());
  }

  @Test
  void sysctl_ofAnOwnNamespace_isSet() {
    assertEquals(
        "1\n77777\n256\n0\n",
        sh(
            r ->
                r.sysctl("net.ipv4.ip_forward", "1")
                    .sysctl("kernel.shmmax", "77777")
                    .sysctl("fs/mqueue/queues_max", "256")
                    .sysctl("net.ipv4.conf.lo.rp_filter", "0"),
            "cd /proc/sys; cat net/ipv4/ip_forward kernel/shmmax fs/mqueue/queues_max"
                + " net/ipv4/conf/lo/rp_filter"));
  }

  @ParameterizedTest
  @CsvSource({
    "kernel.panic, whole machine",
    "vm.swappiness, whole machine",
    "kernel/panic, whole machine",
    "net.x//.kernel.panic, no parameter has that name",
    "kernel.shmmax.x, whole machine",
    "../kernel.panic, no parameter has that name"
  })
  void sysctl_ofTheMachine_isRefusedWithTheReason(String name, String reason) {
    Failure.says(refused(r -> r.sysctl(name, "1")), "sysctl", reason);
  }

  @Test
  void sysctl_ofANetworkThatIsShared_isRefusedWithTheReason() {
    ContainerSpec shared =
        Specs.busybox().network(NetworkMode.HOST).rights(r -> r.sysctl("net.ipv4.ip_forward", "1"));
    Failure.says(
        assertThrows(ContainerException.class, () -> run(shared, "true")),
        "net.ipv4.ip_forward",
        "shares its network");
  }

  @Tag(EveryKernel.SINCE_5_19)
  @Test
  void userNamespace_withChosenIds_mapsThemAndTheImagesFiles(@TempDir Path shared)
      throws IOException {
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
    ContainerSpec spec =
        Specs.busybox()
            .rights(r -> r.userNamespace(SHIFTED, SHIFTED))
            .mount(Mount.readWrite(shared, "/shared"));
    String script =
        "cat /proc/self/uid_map | tr -s ' '; stat -c %u:%g /bin/busybox / /dev/null /tmp;"
            + " touch /new /shared/root && chown 1001:1002 /new && stat -c %u:%g /new;"
            + " rm /etc/passwd && mkdir /etc/passwd && ls -d /etc/passwd;"
            + " echo x > /dev/shm/y; echo to-stdout > /dev/stdout";
    Result result = run(spec, script);
    assertEquals(0, result.status().code(), result.toString());
    assertEquals(
        List.of(
            " 0 700000 1000",
            " 1000 800000 1000",
            "0:0",
            "0:0",
            "0:0",
            "0:0",
            "1001:1002",
            "/etc/passwd",
            "to-stdout"),
        result.out().lines().toList());
    assertEquals(700_000, Files.getAttribute(shared.resolve("root"), "unix:uid"));
  }

  @Tag(EveryKernel.SINCE_5_19)
  @Test
  void userNamespace_withChosenIds_isBoundedAndJoinedByExec() {
    ContainerSpec spec = Specs.busybox().rights(r -> r.userNamespace(SHIFTED, SHIFTED));
    try (Engine engine = store.open();
        Container container =
            engine.run(spec.workdir("/made/here").user("1001").command("sleep", "60"))) {
      String exec = container.exec("sh", "-c", "id -u; pwd; echo out > /dev/stdout").out();
      assertEquals("1001\n/made/here\nout\n", exec);
      assertEquals("0:0\n", container.exec("stat", "-c", "%u:%g", "/made/here").out());
      long owner =
          ProcessHandle.allProcesses()
              .filter(p -> p.info().arguments().filter(a -> a[0].equals("60")).isPresent())
              .map(p -> uidOf(p.pid()))
              .filter(uid -> uid == 800_001)
              .count();
      assertEquals(1, owner);
    }
    ContainerSpec outside = spec.user("5000");
    Failure.says(
        assertThrows(ContainerException.class, () -> run(outside, "true")), "user 5000", "ids");
    Failure.says(refused(r -> r.userNamespace(List.of(new IdMap(1, 1, 9)), SHIFTED)), "lack id 0");
  }

  private static int uidOf(long pid) {
    try {
      return (int) Files.getAttribute(Path.of("/proc", Long.toString(pid)), "unix:uid");
    } catch (IOException e) {
      return -1;
    }
  }

  @Test
  void userNamespace_ofSameIds_isItsOwn() throws IOException {
    String here = Files.readSymbolicLink(Path.of("/proc/self/ns/user")).toString();
    assertNotEquals(here, sh(Rights::userNamespace, "readlink /proc/self/ns/user").strip());
    assertEquals(here, sh(r -> r, "readlink /proc/self/ns/user").strip());
  }

  @Test
  void privileged_hasWhatThisProcessHas() throws IOException {
    String status = sh(Rights::privileged, "cat /proc/self/status");
    assertEquals(heldHere(), field(status, "CapEff"));
    assertEquals("0", field(status, "Seccomp"));
    assertEquals("0", field(status, "NoNewPrivs"));
    String script =
        "stat -c %t:%T /dev/loop-control; exec 3< /dev/loop-control && echo opened;"
            + " mount -t tmpfs none /tmp && echo mounted;"
            + " cat /proc/sys/kernel/printk_delay > /proc/sys/kernel/printk_delay && echo wrote;"
            + " grep -E ' (/sys|/proc/sys|/proc/timer_list) ' /proc/mounts | cut -d' ' -f2,4 | cut -c1-7";
    assertEquals("a:ed\nopened\nmounted\nwrote\n/sys rw\n", sh(Rights::privileged, script));
  }

  @Test
  void appArmor_whereTheKernelHasNone_isRefusedWithTheReason() {
    Failure.says(refused(r -> r.appArmor("docker-default")), "docker-default", "AppArmor");
    assertEquals(0, run(r -> r.appArmor("unconfined"), "true").status().code());
  }
}
