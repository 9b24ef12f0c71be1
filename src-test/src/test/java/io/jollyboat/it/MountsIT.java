package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.Mount;
import io.jollyboat.Propagation;
import io.jollyboat.Size;
import io.jollyboat.test.HostMount;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a container sees of this machine's files, of memory and of other images. */
@IntegrationTest
class MountsIT {
  private static TestStore store;

  private Path host;
  private Engine engine;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @BeforeEach
  void open(@TempDir Path directory) {
    host = directory;
    engine = store.open();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void readOnlyBind_ofADirectoryWithMountsBelow_canBeWrittenNowhere() throws IOException {
    Path below = Files.createDirectory(host.resolve("below"));
    try (HostMount mount = HostMount.on(below)) {
      Files.writeString(below.resolve("file"), "seen");
      String script = "cat /given/below/file; touch /given/x /given/below/x 2>&1; true";
      String out = sh(Mount.readOnly(host, "/given"), script);
      assertTrue(out.startsWith("seen"), out);
      assertEquals(2, out.split("Read-only file system", -1).length - 1, out);
    }
  }

  @Test
  void readWriteBind_written_isTheHosts() throws IOException {
    assertEquals("", sh(Mount.readWrite(host, "/given"), "echo new > /given/file"));
    assertEquals("new\n", Files.readString(host.resolve("file")));
  }

  @Test
  void bind_ofAFile_isThatFile() throws IOException {
    Path file = Files.writeString(host.resolve("f"), "one file");
    assertEquals("one file", sh(Mount.readOnly(file, "/etc/deep/given"), "cat /etc/deep/given"));
  }

  @Test
  void bind_ofWhatIsMissing_isRefusedWithBothRemedies() {
    Path missing = host.resolve("missing");
    ContainerException refused =
        assertThrows(
            ContainerException.class, () -> sh(Mount.readWrite(missing, "/given"), "true"));
    Failure.says(refused, missing.toString());
    Failure.says(refused, "createMissing()");
    assertFalse(Files.exists(missing));
  }

  @Test
  void bind_ofWhatIsMissingAndMayBeMade_isANewDirectory() {
    Path missing = host.resolve("a/b");
    Mount mount = Mount.readWrite(missing, "/given").createMissing();
    assertEquals("", sh(mount, "ls -A /given; touch /given/x"));
    assertTrue(Files.exists(missing.resolve("x")));
  }

  @ParameterizedTest
  @EnumSource(Propagation.class)
  void bind_whenTheHostMountsBelow_showsItIfSoAsked(Propagation propagation) throws IOException {
    try (HostMount shared = HostMount.on(host, "--make-shared")) {
      Path later = Files.createDirectory(host.resolve("later"));
      Mount mount = Mount.readOnly(host, "/given").propagation(propagation);
      try (Container container = engine.run(sleeper(mount));
          HostMount mounted = HostMount.on(later)) {
        Files.writeString(later.resolve("file"), "");
        boolean isPrivate =
            propagation == Propagation.PRIVATE || propagation == Propagation.RPRIVATE;
        assertEquals(
            isPrivate ? "" : "file\n",
            container.exec("ls", "/given/later").out(),
            "" + propagation);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Propagation.class,
      names = {"SLAVE", "RSLAVE", "SHARED", "RSHARED"})
  void bind_withMountsBelow_propagatesThereOnlyIfRecursive(Propagation propagation)
      throws IOException {
    try (HostMount shared = HostMount.on(host, "--make-shared")) {
      Path below = Files.createDirectory(host.resolve("below"));
      try (HostMount sub = HostMount.on(below, "--make-shared")) {
        Path later = Files.createDirectory(below.resolve("later"));
        Mount mount = Mount.readWrite(host, "/given").propagation(propagation);
        try (Container container = engine.run(sleeper(mount));
            HostMount mounted = HostMount.on(later)) {
          Files.writeString(later.resolve("file"), "");
          boolean recursive =
              propagation == Propagation.RSLAVE || propagation == Propagation.RSHARED;
          assertEquals(recursive ? "file\n" : "", container.exec("ls", "/given/below/later").out());
        }
      }
    }
  }

  @Test
  void bind_whenTheContainerMounts_reachesTheHostOnlyIfShared() throws IOException {
    try (HostMount shared = HostMount.on(host, "--make-shared")) {
      Files.createDirectory(host.resolve("inside"));
      assertFalse(reachesHost(Propagation.RSLAVE));
      assertTrue(reachesHost(Propagation.RSHARED));
    }
  }

  private boolean reachesHost(Propagation propagation) throws IOException {
    String mark = "86" + propagation.name().length() + "77";
    Mount mount = Mount.readWrite(host, "/given").propagation(propagation);
    try (Container container = engine.run(sleeper(mount).command("sleep", mark))) {
      String pid = Processes.running("sleep", mark);
      Processes.run("nsenter", "-t", pid, "-m", "mount", "-t", "tmpfs", "t", "/given/inside");
      boolean reached =
          Files.readString(Path.of("/proc/self/mountinfo")).contains(host.resolve("inside") + " ");
      Processes.run("nsenter", "-t", pid, "-m", "umount", "/given/inside");
      return reached;
    }
  }

  @Test
  void bind_sharedFromAPrivateMount_isRefused() throws IOException {
    try (HostMount closed = HostMount.on(host)) {
      for (Propagation propagation : new Propagation[] {Propagation.RSHARED, Propagation.RSLAVE}) {
        Mount mount = Mount.readOnly(host, "/given").propagation(propagation);
        Failure.says(
            assertThrows(ContainerException.class, () -> sh(mount, "true")),
            "mount --make-rshared " + host);
      }
    }
  }

  @Test
  void tmpfs_ofASizeAndAMode_hasThemAndIsGoneAfterwards() {
    Mount mount = Mount.tmpfs("/scratch", Size.mib(2)).mode(0750);
    String out =
        sh(
            mount,
            "stat -c %a /scratch; dd if=/dev/zero of=/scratch/f bs=1M count=3 2>&1 | grep -c 'No"
                + " space'; df -k /scratch | tail -1 | awk '{print $2}'");
    assertEquals("750\n1\n2048\n", out);
    assertEquals("1777\n", sh(Mount.tmpfs("/scratch"), "stat -c %a /scratch; ls -A /scratch"));
  }

  @Test
  void tmpfs_readOnly_cannotBeWritten() {
    String out = sh(Mount.tmpfs("/scratch").readOnly(), "touch /scratch/x 2>&1; true");
    assertTrue(out.contains("Read-only file system"), out);
  }

  @Test
  void image_mounted_isItsMergedTreeAndCannotBeWritten() {
    build(
        "tools:1",
        Image.from(TestImages.BUSYBOX)
            .run("mkdir /opt; echo lower > /opt/a; echo x > /opt/b")
            .run("rm /opt/b; echo upper > /opt/c"));
    String out =
        sh(Mount.image("tools:1", "/tools"), "cat /tools/opt/*; touch /tools/x 2>&1; true");
    assertTrue(out.startsWith("lower\nupper\n"), out);
    assertTrue(out.contains("Read-only file system"), out);
  }

  @Test
  void image_ofOneLayer_cannotBeWritten() {
    String out =
        sh(
            Mount.image(TestImages.BUSYBOX, "/tools"),
            "/tools/bin/echo ran; touch /tools/x 2>&1; true");
    assertTrue(out.startsWith("ran\n") && out.contains("Read-only file system"), out);
  }

  @Test
  void image_subPath_isThatDirectoryWithLinksFollowedInside() {
    build(
        "tools:2",
        Image.from(TestImages.BUSYBOX)
            .run(
                "mkdir -p /opt/v1; echo one > /opt/v1/f; ln -s v1 /opt/current; ln -s /../../opt/v1 /abs"));
    for (String path : new String[] {"opt/current", "abs", "opt/v1"}) {
      assertEquals(
          "one\n", sh(Mount.image("tools:2", "/tools").subPath(path), "cat /tools/f"), path);
    }
    Mount file = Mount.image("tools:2", "/tools").subPath("opt/v1/f");
    assertThrows(ContainerException.class, () -> sh(file, "true"));
    Mount missing = Mount.image("tools:2", "/tools").subPath("no/such");
    Failure.says(assertThrows(ContainerException.class, () -> sh(missing, "true")), "/tools");
  }

  @Test
  void image_mounted_cannotBeRemoved() {
    build("tools:3", Image.from(TestImages.BUSYBOX).env("A", "b"));
    try (Container container = engine.run(sleeper(Mount.image("tools:3", "/tools")))) {
      assertThrows(ConflictException.class, () -> engine.images().remove("tools:3"));
      assertEquals(0, container.exec("ls", "/tools/bin/busybox").code());
    }
    engine.images().remove("tools:3");
  }

  @Test
  void image_ofNoLayers_isAnEmptyDirectory() {
    build("empty:1", Image.scratch().env("A", "b"));
    assertEquals("", sh(Mount.image("empty:1", "/tools"), "ls -A /tools"));
  }

  @Test
  void overlay_changed_leavesTheHostAsItWas() throws IOException {
    Files.writeString(host.resolve("kept"), "host\n");
    Files.setPosixFilePermissions(host, PosixFilePermissions.fromString("rwx------"));
    String out =
        sh(
            Mount.overlay(host, "/given"),
            "stat -c %a /given; echo inside > /given/kept; touch /given/new; cat /given/kept; ls /given");
    assertEquals("700\ninside\nkept\nnew\n", out);
    assertEquals("host\n", Files.readString(host.resolve("kept")));
    assertFalse(Files.exists(host.resolve("new")));
    assertEquals("kept\n", sh(Mount.overlay(host, "/given"), "ls /given"), "changes are gone");
  }

  @Test
  void overlay_withADirectoryForChanges_keepsThemThere(@TempDir Path changes) throws IOException {
    Files.writeString(host.resolve("a"), "");
    Files.writeString(host.resolve("b"), "");
    Mount mount = Mount.overlay(host, changes.resolve("made"), "/given");
    assertEquals("", sh(mount, "rm /given/a; echo new > /given/c"));
    assertEquals("b\nc\n", sh(mount, "ls /given"), "a later container goes on from them");
    assertTrue(Files.exists(host.resolve("a")));
    assertEquals("new\n", Files.readString(changes.resolve("made/upper/c")));
  }

  @Test
  void overlay_whoseChangesAnotherContainerWrites_isRefused(@TempDir Path changes) {
    Mount mount = Mount.overlay(host, changes, "/given");
    try (Container first = engine.run(sleeper(mount))) {
      Failure.says(
          assertThrows(ContainerException.class, () -> sh(mount, "true")), changes.toString());
    }
    assertEquals("", sh(mount, "true"));
  }

  @Test
  void overlay_readOnly_cannotBeWritten() {
    String out = sh(Mount.overlay(host, "/given").readOnly(), "touch /given/x 2>&1; true");
    assertTrue(out.contains("Read-only file system"), out);
  }

  @Test
  void root_readOnly_canBeWrittenInMountsOnly() {
    ContainerSpec spec = Specs.busybox().readOnlyRoot().mount(Mount.tmpfs("/scratch", Size.mib(1)));
    String script = "touch /x 2>&1; touch /etc/x 2>&1; touch /scratch/x && ls /scratch";
    String out = Result.sh(engine, spec, script);
    assertEquals(2, out.split("Read-only file system", -1).length - 1, out);
    assertTrue(out.endsWith("x\n"), out);
  }

  @Test
  void mounts_ofAContainer_areSeenByNobodyElse() throws IOException {
    String before = Files.readString(Path.of("/proc/self/mountinfo"));
    Path below = Files.createDirectories(host.resolve("below"));
    Mount overlay = Mount.overlay(below, "/overlay");
    ContainerSpec spec =
        sleeper(Mount.readWrite(host, "/given"))
            .mount(overlay)
            .mount(Mount.image(TestImages.BUSYBOX, "/tools"))
            .mount(Mount.anonymous("/data"));
    try (Container container = engine.run(spec)) {
      assertEquals(before, Files.readString(Path.of("/proc/self/mountinfo")));
    }
  }

  private void build(String name, Image image) {
    String built = engine.build(image, build -> build.tag(name)).id().toString();
    assertFalse(built.isEmpty());
  }

  private static ContainerSpec sleeper(Mount mount) {
    return Specs.busybox().command("sleep", "1000").mount(mount);
  }

  private String sh(Mount mount, String script) {
    return Result.sh(engine, Specs.busybox().mount(mount), script);
  }
}
