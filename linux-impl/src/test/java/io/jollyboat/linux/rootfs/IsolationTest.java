package io.jollyboat.linux.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.cgroup.CgroupLimits;
import io.jollyboat.linux.launcher.RequiresRoot;
import io.jollyboat.linux.security.Capabilities;
import io.jollyboat.linux.syscall.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a program sees and may do in a container, asked of the kernel. */
@Tag("every-kernel")
@ExtendWith(RequiresRoot.class)
class IsolationTest {
  @TempDir static Path base = Path.of("");
  private TestContainer container;

  @BeforeEach
  void prepare() throws IOException {
    container = new TestContainer(Files.createTempDirectory(base, "t"));
  }

  @AfterEach
  void close() {
    container.close();
  }

  private String shell(String script) throws IOException {
    return container.shell(script).output();
  }

  @Test
  void status_default_isConfinedAsDockerDoes() throws IOException {
    String status = shell("cat /proc/self/status");
    for (String line :
        List.of(
            "CapInh:\t0000000000000000",
            "CapPrm:\t00000000a80425fb",
            "CapEff:\t00000000a80425fb",
            "CapBnd:\t00000000a80425fb",
            "CapAmb:\t0000000000000000",
            "NoNewPrivs:\t1",
            "Seccomp:\t2",
            "Umask:\t0022")) {
      assertTrue(status.contains(line + "\n"), line + " in " + status);
    }
  }

  @Test
  void status_ofAnotherUser_hasNoCapabilitiesButTheBoundingSet() throws IOException {
    container.user = new ImageUser(1000, 1001, List.of(5, 7), "/");
    String status = shell("cat /proc/self/status");
    assertTrue(status.contains("CapEff:\t0000000000000000\n"), status);
    assertTrue(status.contains("CapBnd:\t00000000a80425fb\n"), status);
    assertTrue(status.contains("Uid:\t1000\t1000\t1000\t1000\n"), status);
    assertTrue(status.contains("Gid:\t1001\t1001\t1001\t1001\n"), status);
    assertTrue(status.contains("Groups:\t5 7"), status);
  }

  @Test
  void status_privilegesAllowed_keepsTheFilter() throws IOException {
    container.noNewPrivileges = false;
    String status = shell("cat /proc/self/status");
    assertTrue(status.contains("NoNewPrivs:\t0\n"), status);
    assertTrue(status.contains("Seccomp:\t2\n"), status);
    assertTrue(status.contains("CapEff:\t00000000a80425fb\n"), status);
  }

  @Test
  void namespaces_all_areItsOwn() throws IOException {
    for (String kind : List.of("mnt", "pid", "net", "ipc", "uts", "cgroup")) {
      String host = Files.readSymbolicLink(Path.of("/proc/self/ns/" + kind)).toString();
      String inside = shell("readlink /proc/self/ns/" + kind).strip();
      assertTrue(inside.startsWith(kind + ":["), inside);
      assertNotEquals(host, inside);
    }
    assertEquals("testhost\n", shell("hostname"));
    assertEquals("1\n", shell("echo $$"));
  }

  @Test
  void cgroup_seenFromInside_isTheRoot() throws IOException {
    List<String> lines = shell("cat /proc/self/cgroup").lines().toList();
    assertTrue(
        lines.stream().allMatch(line -> line.endsWith(":/") || line.startsWith("0::")),
        lines::toString);
  }

  @Test
  void cgroup_limit_isSeenAndCannotBeRaised() throws IOException {
    container.limits = CgroupLimits.DEFAULT.withMemory(64 << 20).withPids(50);
    String file =
        container.layout.unified()
            ? "/sys/fs/cgroup/memory.max"
            : "/sys/fs/cgroup/memory/memory.limit_in_bytes";
    assertEquals((64 << 20) + "\n", shell("cat " + file));
    assertTrue(shell("echo 1000000000 > " + file).contains("Read-only file system"));
    assertTrue(
        shell("mkdir /sys/fs/cgroup/x /sys/fs/cgroup/memory/x").contains("Read-only file system"));
  }

  @Test
  void memory_exceeded_isKilledAndCounted() throws IOException {
    container.limits = CgroupLimits.DEFAULT.withMemory(16 << 20).withMemoryAndSwap(16 << 20);
    TestContainer.Result result =
        container.run("/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1");
    assertEquals(1, result.outOfMemoryKills(), result::toString);
  }

  @Test
  void pids_exceeded_forkFails() throws IOException {
    container.limits = CgroupLimits.DEFAULT.withPids(4);
    String output = shell("for i in 1 2 3 4 5 6; do sleep 1 & done; wait");
    assertTrue(output.contains("fork"), output);
  }

  @Test
  void maskedPaths_read_areEmpty() throws IOException {
    assertEquals(
        "",
        shell("cat /proc/keys /proc/timer_list /proc/interrupts; ls /sys/firmware; ls /proc/acpi"));
  }

  @Test
  void readOnlyPaths_written_areRefused() throws IOException {
    for (String path :
        List.of("/proc/sys/kernel/hostname", "/proc/irq/default_smp_affinity", "/sys/kernel/x")) {
      assertTrue(shell("echo 1 > " + path).contains("Read-only file system"), path);
    }
  }

  @Test
  void sysctls_ofTheOwnNetwork_areDockers() throws IOException {
    assertEquals(
        "0\n0\t2147483647\n",
        shell(
            "cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range"));
    assertTrue(shell("cat /proc/net/if_inet6 /proc/net/route; ip link show lo").contains("UP"));
  }

  @Test
  void devices_all_areTheRightOnes() throws IOException {
    assertEquals(
        "666 1 3\n666 1 5\n666 1 7\n666 1 8\n666 1 9\n666 5 0\n",
        shell("for d in null zero full random urandom tty; do stat -c '%a %t %T' /dev/$d; done"));
    assertEquals(
        "pts/ptmx\n/proc/self/fd\n/proc/self/fd/2\n",
        shell("for l in ptmx fd stderr; do readlink /dev/$l; done"));
    assertEquals("ok\n", shell("echo ok > /dev/stdout"));
  }

  @Test
  void systemCalls_dangerous_areRefused() throws IOException {
    container.capabilities = Capabilities.DEFAULT;
    assertTrue(shell("mount -t tmpfs x /tmp").contains("ermi"));
    assertTrue(shell("hostname other").contains("ermitted"));
  }

  @Test
  void mounts_userAndEngine_areThereAndNotInTheUpper() throws IOException {
    Path data = Files.createDirectory(container.directory.resolve("data"));
    Files.writeString(data.resolve("a"), "host\n");
    Path hosts = Files.writeString(container.directory.resolve("hosts"), "127.0.0.1 localhost\n");
    container.mounts =
        List.of(
            ContainerMount.tmpfs("/srv/ro/../scratch", 1 << 20),
            ContainerMount.bind(data, "/srv/ro", true),
            ContainerMount.bind(data, "/srv/rw", false),
            ContainerMount.bind(hosts, "/etc/hosts", false));
    assertEquals(
        "host\n127.0.0.1 localhost\n",
        shell(
            "cat /srv/ro/a /etc/hosts; echo b > /srv/rw/b; echo x > /srv/scratch/x; echo more >> /etc/hosts"));
    assertEquals("b\n", Files.readString(data.resolve("b")));
    assertEquals(List.of(), container.inUpper());
    assertTrue(shell("echo c > /srv/ro/c").contains("Read-only file system"));
  }

  @Test
  void root_readOnly_takesNothingButMounts() throws IOException {
    container.readOnly = true;
    container.mounts = List.of(ContainerMount.tmpfs("/tmp", 0));
    assertTrue(shell("echo x > /x").contains("Read-only file system"));
    assertEquals("", shell("echo x > /tmp/x && echo y > /dev/shm/y"));
  }

  @Test
  void workdir_missing_isMade() throws IOException {
    container.workdir = "/opt/some/where";
    assertEquals("/opt/some/where\n", shell("pwd"));
  }

  @Test
  void image_kernelDirectoryIsALink_isRefusedAndTheHostUntouched() throws IOException {
    for (String name : List.of("proc", "sys", "dev")) {
      Path directory = container.image.resolve(name);
      Files.delete(directory);
      Files.createSymbolicLink(directory, Path.of("/tmp"));
      KernelException e =
          assertThrows(KernelException.class, () -> container.run("/bin/true"), name);
      assertTrue(e.toString().contains("ELOOP") && e.toString().contains("/" + name), e::toString);
      Files.delete(directory);
      Files.createDirectory(directory);
    }
  }

  @Test
  void image_workdirIsALinkToTheHost_staysInside() throws IOException {
    Files.createSymbolicLink(container.image.resolve("escape"), Path.of("/proc/self/fd/7"));
    container.workdir = "/escape";
    assertThrows(KernelException.class, () -> container.run("/bin/pwd"));
    assertFalse(Files.exists(container.directory.resolve("escape")));
  }

  @Test
  void descriptors_ofTheProgram_areThreeOnly() throws IOException {
    assertEquals(
        "0\n1\n2\n",
        shell("for i in 0 1 2 3 4 5 6 7 8 9; do [ -e /proc/1/fd/$i ] && echo $i; done"));
  }

  @Test
  void execute_besideTheFirstProcess_isConfinedAlike() throws IOException {
    if (container.layout.unified()) {
      return; // joined by birth there, which this test's small start does not do
    }
    String output = container.exec("cat /proc/self/status /proc/self/cgroup; hostname; ps");
    for (String line :
        List.of(
            "CapInh:\t0000000000000000",
            "CapEff:\t00000000a80425fb",
            "CapBnd:\t00000000a80425fb",
            "NoNewPrivs:\t1",
            "Seccomp:\t2",
            "testhost")) {
      assertTrue(output.contains(line + "\n"), line + " in " + output);
    }
    assertTrue(output.contains(":memory:/\n"), output);
    assertTrue(output.contains("sleep 100"), output);
  }
}
