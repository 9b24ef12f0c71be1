package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.Pruned;
import io.jollyboat.StoredImage;
import io.jollyboat.Verification;
import io.jollyboat.Verification.Finding;
import io.jollyboat.Verification.Kind;
import io.jollyboat.test.EngineJvm;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.StoreChurn;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that pull, load, build, remove and prune on one store, killed at any instant or all at
 * once. {@code -Dstore.kills=1000} is the full measure of the first test, {@code -Dstore.seed}
 * repeats one.
 */
@IntegrationTest
class StoreFaultsIT {
  private static final int KILLS = Integer.getInteger("store.kills", 8);
  private static final int LONGEST_LIFE = 1200;
  private static final int ENDLESS = 1_000_000;

  private TestStore store = TestStore.empty();
  private Path archive = Path.of("");
  private String reference = "";

  @BeforeEach
  void fill(RegistryProcess registry, @TempDir Path directory) {
    archive = directory.resolve("loaded.tar");
    reference = registry.reference(TestImages.DEBIAN).toString();
    try (Engine engine = store.open()) {
      TestStore.take(engine, registry, TestImages.BUSYBOX);
      Image other =
          Image.from(TestImages.BUSYBOX)
              .files(FileSet.empty().bytes(new byte[3_000_000], "/big"))
              .files(FileSet.empty().bytes(new byte[] {1}, "/small"));
      StoredImage unused = engine.build(other, b -> b.tag(StoreChurn.LOADED));
      engine.images().save(StoreChurn.LOADED, archive);
      engine.images().remove(StoreChurn.LOADED);
      Pruned rest = engine.images().prune(p -> p.all().withoutLabel("none"));
      assertTrue(rest.reclaimed().bytes() > 0);
      StoredImage base = TestStore.take(engine, registry, TestImages.BUSYBOX);
      engine.images().pin(base.id());
    }
  }

  @AfterEach
  void delete() {
    store.close();
  }

  @Test
  void jvm_killedAtAnyInstant_losesNoImageAndGivesItsSpaceBack()
      throws InterruptedException, IOException {
    long seed = Long.getLong("store.seed", System.nanoTime());
    Random random = new Random(seed);
    long empty = size();
    for (int kill = 0; kill < KILLS; kill++) {
      String what = "kill " + kill + " of -Dstore.seed=" + seed;
      List<String> said;
      try (EngineJvm jvm =
          EngineJvm.storing(store.root(), "killed" + kill, ENDLESS, reference, archive)) {
        Thread.sleep(random.nextInt(LONGEST_LIFE));
        jvm.kill();
        said = jvm.rest("");
      }
      try (Engine engine = store.open()) {
        assertFinishedIsThere(engine, said, what);
        Verification found = engine.images().verify();
        List<Finding> worse =
            found.findings().stream().filter(f -> f.kind() != Kind.ORPHAN).toList();
        assertEquals(List.of(), worse, what);
        assertEquals("1\n", Result.sh(engine, Specs.busybox(), "echo 1"), what);
        Pruned unused = engine.images().prune(p -> p.all());
        Verification after = engine.images().verify();
        assertEquals(List.of(), after.findings(), what);
      }
      assertEquals(List.of(), temporary(), what);
    }
    assertEquals(empty, size(), "bytes of blobs and layers, of -Dstore.seed=" + seed);
  }

  /** What was built and not about to be removed. */
  private static void assertFinishedIsThere(Engine engine, List<String> said, String what) {
    Set<String> finished = new HashSet<>();
    for (String line : said) {
      if (line.startsWith("built ")) {
        finished.add(line.substring("built ".length()));
      } else if (line.startsWith("removing ")) {
        finished.remove(line.substring("removing ".length()));
      }
    }
    for (String image : finished) {
      assertTrue(engine.images().find(image).isPresent(), image + " is gone after " + what);
    }
  }

  private List<String> temporary() throws IOException {
    try (Stream<Path> left = Files.list(store.root().resolve("tmp"))) {
      return left.map(Path::toString).toList();
    }
  }

  private long size() throws IOException {
    long sum = 0;
    for (String directory : List.of("blobs", "layers", "images")) {
      try (Stream<Path> files = Files.walk(store.root().resolve(directory))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          sum += Files.size(file);
        }
      }
    }
    return sum;
  }

  @Test
  void processes_thatDoTheSameAtOnce_disturbNeitherEachOtherNorTheStore() {
    List<EngineJvm> all = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        all.add(EngineJvm.storing(store.root(), "process" + i, 4, reference, archive));
      }
      all.forEach(jvm -> jvm.expect("done"));
      all.forEach(EngineJvm::awaitEnd);
    } finally {
      all.forEach(EngineJvm::close);
    }
    try (Engine engine = store.open()) {
      for (int i = 0; i < 3; i++) {
        assertTrue(engine.images().find("process" + i + ":3").isPresent());
      }
      Pruned unused = engine.images().prune();
      Verification found = engine.images().verify();
      assertEquals(List.of(), found.findings(), found.toString());
    }
  }
}
