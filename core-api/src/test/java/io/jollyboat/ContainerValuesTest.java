package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerValuesTest {
  @Test
  void resources_everyCall_leavesTheOldOneAlone() {
    Resources none = Resources.none();
    Resources some = none.memory(Size.mib(64)).device(Path.of("/dev/sda"), DeviceLimits.none());

    assertEquals(Resources.none(), none);
    assertNotEquals(none, some);
    assertEquals(Optional.of(Size.mib(64)), some.memory());
    assertEquals(Map.of(Path.of("/dev/sda"), DeviceLimits.none()), some.devices());
    assertThrows(UnsupportedOperationException.class, () -> some.devices().clear());
  }

  @Test
  void resources_swap_isTellApart() {
    assertFalse(Resources.none().swap().asked());
    assertEquals(Optional.of(Size.mib(1)), Resources.none().swap(Size.mib(1)).swap().size());
    assertTrue(Resources.none().unlimitedSwap().swap().asked());
    assertNotEquals(Resources.none(), Resources.none().unlimitedSwap());
  }

  @Test
  void resources_outOfRange_refused() {
    Resources none = Resources.none();
    assertThrows(IllegalArgumentException.class, () -> none.cpus(0));
    assertThrows(IllegalArgumentException.class, () -> none.cpus(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> none.cpuShares(1));
    assertThrows(IllegalArgumentException.class, () -> none.pids(0));
    assertThrows(IllegalArgumentException.class, () -> none.ioWeight(1001));
    assertThrows(IllegalArgumentException.class, () -> none.oomScore(-1001));
    assertThrows(IllegalArgumentException.class, () -> none.swappiness(101));
    assertThrows(IllegalArgumentException.class, () -> none.cpuset("0-"));
    assertThrows(IllegalArgumentException.class, () -> none.bandwidthIn(new Size(1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> none.cpuQuota(Duration.ofMillis(10), Duration.ofSeconds(2)));
    assertThrows(IllegalArgumentException.class, () -> DeviceLimits.none().readOperations(0));
  }

  @Test
  void rights_capabilityNames_comeWithoutPrefixAndOnce() {
    Rights rights = Rights.defaults().add("cap_net_admin", "NET_ADMIN").drop(Rights.ALL);

    assertEquals(List.of("NET_ADMIN"), rights.added());
    assertEquals(List.of("ALL"), rights.dropped());
    assertThrows(IllegalArgumentException.class, () -> Rights.defaults().add("net admin"));
  }

  @Test
  void rights_devices_areChecked() {
    Rights rights = Rights.defaults().device(Path.of("/dev/fuse"));

    assertEquals(
        List.of(new Rights.Device(Path.of("/dev/fuse"), "/dev/fuse", "rwm")), rights.devices());
    assertThrows(
        IllegalArgumentException.class, () -> rights.device(Path.of("/dev/fuse"), "fuse", "rw"));
    assertThrows(
        IllegalArgumentException.class, () -> rights.device(Path.of("/dev/fuse"), "/f", "rx"));
    assertEquals(List.of("c 10:* rwm"), rights.deviceRule("c 10:* rwm").deviceRules());
    assertThrows(IllegalArgumentException.class, () -> rights.deviceRule("x 1:1 rwm"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"no", "on-failure", "on-failure:3", "always", "unless-stopped"})
  void restartPolicy_text_isReadBack(String text) {
    assertEquals(text, RestartPolicy.parse(text).toString());
  }

  @Test
  void restartPolicy_otherText_refused() {
    assertThrows(IllegalArgumentException.class, () -> RestartPolicy.parse("sometimes"));
    assertThrows(IllegalArgumentException.class, () -> RestartPolicy.parse("on-failure:0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "host", "bridge", "container:web"})
  void networkMode_text_isReadBack(String text) {
    assertEquals(text, NetworkMode.parse(text).toString());
    assertEquals(NetworkMode.parse(text), NetworkMode.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"own", "host", "container:web"})
  void namespaceMode_text_isReadBack(String text) {
    assertEquals(text, NamespaceMode.parse(text).toString());
    assertEquals(NamespaceMode.parse(text), NamespaceMode.parse(text));
  }

  @Test
  void modes_otherText_refused() {
    assertThrows(IllegalArgumentException.class, () -> NetworkMode.parse("wan"));
    assertThrows(IllegalArgumentException.class, () -> NetworkMode.container("../x"));
    assertThrows(IllegalArgumentException.class, () -> NamespaceMode.parse("private"));
  }

  @Test
  void smallValues_outOfRange_refused() {
    assertThrows(IllegalArgumentException.class, () -> new IdMap(0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new IdMap(0, 1, 1L << 32));
    assertThrows(IllegalArgumentException.class, () -> new LogLimit(new Size(1), 1));
    assertThrows(IllegalArgumentException.class, () -> new TerminalSize(0, 80));
    assertThrows(IllegalArgumentException.class, () -> new Ulimit("files", 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Ulimit("nofile", 2, 1));
    assertEquals("nofile", new Ulimit("NOFILE", 1, -1).name());
  }

  @Test
  void containerSpec_optionsInValues_addUp() {
    ContainerSpec spec =
        ContainerSpec.of("busybox")
            .memory(Size.mib(64))
            .resources(resources -> resources.cpuShares(512))
            .rights(rights -> rights.add("NET_ADMIN"))
            .rights(rights -> rights.sysctl("net.ipv4.ip_forward", "1"))
            .namespaces(own -> own.pid(NamespaceMode.HOST))
            .ulimit("nofile", 10, 20);

    assertEquals(Resources.none().memory(Size.mib(64)).cpuShares(512), spec.resources());
    assertEquals(List.of("NET_ADMIN"), spec.rights().added());
    assertEquals(Map.of("net.ipv4.ip_forward", "1"), spec.rights().sysctls());
    assertEquals(Namespaces.OWN.pid(NamespaceMode.HOST), spec.namespaces());
    assertEquals(Map.of("nofile", new Ulimit("nofile", 10, 20)), spec.ulimits());
    assertThrows(IllegalArgumentException.class, () -> spec.hostname("not a name"));
  }

  @Test
  void execSpec_toString_hidesValues() {
    ExecSpec spec = ExecSpec.of("id").env("TOKEN", "s3cret").tty(10, 20);

    assertFalse(spec.toString().contains("s3cret"));
    assertEquals(Optional.of(new TerminalSize(10, 20)), spec.terminal());
    assertThrows(IllegalArgumentException.class, ExecSpec::of);
  }
}
