package io.jollyboat.linux.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.RequiresRoot;
import io.jollyboat.linux.security.IdMaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A container of this machine's programs, asked of the kernel. */
@ExtendWith(RequiresRoot.class)
class HostRootfsTest {
  @TempDir static Path base = Path.of("");
  private TestContainer container;

  @BeforeEach
  void prepare() throws IOException {
    Path directory = Files.createTempDirectory(base, "h,o:s\\t");
    container = new TestContainer(directory);
    HostRootfs host =
        HostRootfs.prepare(
            new PlainLayerTrees(),
            directory.resolve("host"),
            "/etc/ssl/certs/ca-certificates.crt",
            false);
    List<ContainerMount> mounts = new ArrayList<>(host.mounts());
    Path hosts = Files.writeString(directory.resolve("hosts"), "10.1.2.3 me\n");
    mounts.add(ContainerMount.bind(hosts, "/etc/hosts", false));
    mounts.add(ContainerMount.bind(hosts, "/etc/resolv.conf", false));
    mounts.add(ContainerMount.bind(hosts, "/etc/ssl/certs/ca-certificates.crt", true));
    container.mounts = mounts;
    container.layersTopFirst = List.of(host.baseLayer());
    container.hostEtc = host.etcLayer();
    container.userNamespace = Optional.of(IdMaps.IDENTITY);
    container.path = "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
  }

  @AfterEach
  void close() {
    container.close();
  }

  private String shell(String script) throws IOException {
    return container.shell(script).output();
  }

  @Test
  void programs_ofTheMachine_run() throws IOException {
    assertEquals("root\n", shell("id -un"));
    assertTrue(shell(System.getProperty("java.home") + "/bin/java -version").contains("version"));
  }

  @Test
  void secrets_ofTheMachine_areNotThere() throws IOException {
    String output = shell("ls -d /etc/shadow /etc/gshadow; ls -A /root /home /var/lib /run /tmp");
    assertFalse(output.contains("\n/etc/shadow"), output);
    assertTrue(output.contains("/root:\n\n/home:\n\n") || output.contains("/home:\n\n"), output);
    assertEquals("", shell("find /etc ! -type l ! -perm -o=r 2>/dev/null"));
  }

  @Test
  void programs_ofTheMachine_cannotBeChanged() throws IOException {
    for (String path : List.of("/usr/x", "/etc/x", "/usr/bin/true", "/etc/passwd")) {
      assertTrue(shell("echo x > " + path).contains("Read-only file system"), path);
    }
    assertTrue(shell("mount -o remount,bind,rw /usr").contains("ermi"), "remount");
    assertEquals(
        "", shell("echo x > /srv/x && echo x > /opt/x && echo x > /var/lib/x && echo x > /y"));
  }

  @Test
  void engineFiles_areBoundOverTheMachines() throws IOException {
    assertEquals(
        "10.1.2.3 me\n".repeat(3),
        shell("cat /etc/hosts /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt"));
  }

  @Test
  void capabilities_reachNoFurtherThanTheOwnNamespace() throws IOException {
    String inside = shell("readlink /proc/self/ns/user").strip();
    assertFalse(
        inside.equals(Files.readSymbolicLink(Path.of("/proc/self/ns/user")).toString()), inside);
    assertTrue(shell("cat /proc/self/uid_map").matches("\\s+0\\s+0\\s+4294967295\\s*"));
  }
}
