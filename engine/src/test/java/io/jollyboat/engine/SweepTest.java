package io.jollyboat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ImageId;
import io.jollyboat.linux.rootfs.FlockFileLocks;
import io.jollyboat.linux.rootfs.LinuxLayerTrees;
import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
  private static final ImageId IMAGE = new ImageId(Digest.ofSha256("0".repeat(64)));
  private static final ContainerSpec SPEC = ContainerSpec.of(IMAGE);

  private final LinuxLayerTrees trees = new LinuxLayerTrees();
  private final Sweep sweep = new Sweep(trees);

  private final Path root;

  SweepTest(@TempDir Path root) {
    this.root = root;
  }

  @BeforeEach
  void boot() {
    sweep.clearFormerBoot(root, new FlockFileLocks());
  }

  @Test
  void clearFormerBoot_ofThisBoot_leavesContainers() {
    ContainerRecord container = container("web");
    boot();
    assertEquals(List.of(container), directory().list());
  }

  @Test
  void clearFormerBoot_afterAnotherBoot_removesContainersNamesAndSteps() throws IOException {
    container("web");
    Files.createDirectories(directory().steps("01234567").resolve("step"));
    Files.writeString(root.resolve("boot"), "another");
    boot();
    assertEquals(List.of(), directory().list());
    assertFalse(Files.exists(directory().steps("01234567")));
    assertEquals("web", container("web").name());
  }

  @Test
  void clearFormerBoot_afterAnotherBoot_keepsDetachedContainers() throws IOException {
    ContainerRecord kept = detached("kept");
    Files.writeString(root.resolve("boot"), "another");
    boot();
    assertEquals(List.of(kept), directory().list());
    assertEquals(SPEC.detached(), directory().spec(kept));
  }

  @Test
  void clear_ofTheOwnerOfDetachedContainers_keepsThem() {
    ContainerRecord kept = detached("kept");
    sweep.clear(kept.engine(), root);
    assertEquals(List.of(kept), directory().list());
  }

  private ContainerRecord detached(String name) {
    ContainerSpec spec = ContainerSpec.of(IMAGE).name(name).detached();
    ContainerRecord record =
        ContainerRecord.of(Ids.next(), spec, DetachedOwner.id(root), IMAGE, Instant.now());
    directory().create(record, SPEC.detached());
    return record;
  }

  @Test
  void clear_ofADeadEngine_removesOnlyItsContainers() {
    ContainerRecord dead = container("dead");
    ContainerRecord other = record("other", "89abcdef");
    directory().create(other, SPEC);
    sweep.clear(dead.engine(), root);
    assertEquals(List.of(other), directory().list());
  }

  @Test
  void clear_ofARootThatIsGone_makesNothing() {
    Path gone = root.resolve("gone");
    sweep.clear("01234567", gone);
    assertFalse(Files.exists(gone));
  }

  @Test
  void clear_removesWhatHasNoRecord_onceItIsOld() throws IOException {
    Path old = Files.createDirectories(root.resolve("containers/old/upper")).getParent();
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(600)));
    Path young = Files.createDirectories(root.resolve("containers/young"));
    sweep.clear("01234567", root);
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(young));
  }

  @Test
  void create_withANameInUse_isAConflictAndLeavesNothing() throws IOException {
    ContainerRecord first = container("web");
    ConflictException error = assertThrows(ConflictException.class, () -> container("web"));
    assertEquals("web", error.what());
    assertEquals(List.of(first), directory().list());
    try (var left = Files.list(root.resolve("containers"))) {
      assertEquals(1, left.count());
    }
    assertTrue(directory().ownsName(first));
  }

  private ContainerRecord container(String name) {
    ContainerRecord record = record(name, "01234567");
    directory().create(record, SPEC);
    return record;
  }

  private static ContainerRecord record(String name, String engine) {
    return ContainerRecord.of(
        Ids.next(), ContainerSpec.of(IMAGE).name(name), engine, IMAGE, Instant.now());
  }

  private ContainerDirectory directory() {
    return ContainerDirectory.open(root, trees);
  }
}
