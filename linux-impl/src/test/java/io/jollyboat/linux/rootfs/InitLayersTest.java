package io.jollyboat.linux.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.RequiresRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RequiresRoot.class)
class InitLayersTest {
  @TempDir Path directory = Path.of("");
  private Path image = Path.of("");
  private InitLayers layers = new InitLayers(new PlainLayerTrees(), Path.of(""));

  @BeforeEach
  void makeImage() throws IOException {
    image = Files.createDirectory(directory.resolve("image"));
    layers = new InitLayers(new PlainLayerTrees(), directory.resolve("init"));
  }

  private ContainerMount file(String target) throws IOException {
    Path source = directory.resolve("source");
    if (!Files.exists(source)) {
      Files.writeString(source, "x");
    }
    return ContainerMount.bind(source, target, false);
  }

  private InitLayers.Prepared prepare(ContainerMount... mounts) {
    return layers.prepare("image", List.of(image), List.of(mounts));
  }

  @Test
  void prepare_imageHasAll_makesNoLayer() throws IOException {
    for (String name : List.of("proc", "sys", "dev", "etc")) {
      Files.createDirectory(image.resolve(name));
    }
    Files.writeString(image.resolve("etc/hosts"), "");
    InitLayers.Prepared prepared = prepare(file("/etc/hosts"), ContainerMount.tmpfs("/dev/shm", 0));
    assertEquals(List.of(image), prepared.layersTopFirst());
    assertFalse(Files.exists(directory.resolve("init")));
  }

  @Test
  void prepare_emptyImage_makesMountPointsAndLeavesTheImage() throws IOException {
    InitLayers.Prepared prepared =
        prepare(file("/etc/hosts"), ContainerMount.tmpfs("/data/deep", 0));
    Path init = prepared.layersTopFirst().get(0);
    assertEquals(List.of(init, image), prepared.layersTopFirst());
    assertTrue(Files.isDirectory(init.resolve("proc")));
    assertTrue(Files.isDirectory(init.resolve("data/deep")));
    assertTrue(Files.isRegularFile(init.resolve("etc/hosts")));
    try (var left = Files.list(image)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void prepare_existingParent_keepsItsModeAndOwner() throws IOException {
    Files.setAttribute(Files.createDirectory(image.resolve("etc")), "unix:mode", 0710);
    Files.setAttribute(image.resolve("etc"), "unix:uid", 42);
    Files.setAttribute(image, "unix:mode", 0751);
    Path init = prepare(file("/etc/hosts")).layersTopFirst().get(0);
    assertEquals(0710, (Integer) Files.getAttribute(init.resolve("etc"), "unix:mode") & 07777);
    assertEquals(42, Files.getAttribute(init.resolve("etc"), "unix:uid"));
    assertEquals(0751, (Integer) Files.getAttribute(init, "unix:mode") & 07777);
  }

  @Test
  void prepare_resolvConfIsALink_hidesItWithAPlainFile() throws IOException {
    Files.createDirectory(image.resolve("etc"));
    Files.createSymbolicLink(
        image.resolve("etc/resolv.conf"), Path.of("../proc/sys/kernel/core_pattern"));
    InitLayers.Prepared prepared = prepare(file("/etc/resolv.conf"));
    assertEquals("/etc/resolv.conf", prepared.mounts().get(0).target());
    assertTrue(
        Files.isRegularFile(
            prepared.layersTopFirst().get(0).resolve("etc/resolv.conf"),
            LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void prepare_linkOnTheWay_mountsWhereItLeads() throws IOException {
    Files.createDirectories(image.resolve("run"));
    Files.createDirectory(image.resolve("var"));
    Files.createSymbolicLink(image.resolve("var/run"), Path.of("/run"));
    InitLayers.Prepared prepared = prepare(file("/var/run/my.sock"));
    assertEquals("/run/my.sock", prepared.mounts().get(0).target());
    assertTrue(Files.isRegularFile(prepared.layersTopFirst().get(0).resolve("run/my.sock")));
  }

  @Test
  void prepare_linkIntoProc_isRefused() throws IOException {
    Files.createSymbolicLink(image.resolve("data"), Path.of("/proc/sys"));
    ContainerMount mount = file("/data/kernel/core_pattern");
    assertThrows(IllegalArgumentException.class, () -> prepare(mount));
  }

  @Test
  void prepare_sameNeed_sharesTheLayer() throws IOException {
    Path first = prepare(file("/etc/hosts")).layersTopFirst().get(0);
    InitLayers other = new InitLayers(new PlainLayerTrees(), directory.resolve("init"));
    assertEquals(
        first,
        other
            .prepare("another", List.of(image), List.of(file("/etc/hosts")))
            .layersTopFirst()
            .get(0));
    assertNotEquals(
        first,
        other
            .prepare("another", List.of(image), List.of(file("/etc/host")))
            .layersTopFirst()
            .get(0));
  }

  @Test
  void mount_onTheRootOrProc_isRefused() {
    for (String target : List.of("/", "/..", "relative", "/proc", "/proc/1", "/x/../proc/sys")) {
      assertThrows(IllegalArgumentException.class, () -> ContainerMount.tmpfs(target, 0), target);
    }
    assertEquals("/a/b", ContainerMount.tmpfs("/a//./c/../b/", 0).target());
  }
}
