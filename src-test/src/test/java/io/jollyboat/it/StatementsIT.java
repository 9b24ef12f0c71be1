package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.InstalledPackage;
import io.jollyboat.InstalledPackage.Kind;
import io.jollyboat.PackageList;
import io.jollyboat.Pushed;
import io.jollyboat.Statement;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.Platform;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is said about images, and attached to them in a registry. */
@IntegrationTest
class StatementsIT {
  @Test
  void packages_ofDebian_areThoseThatDpkgSays(RegistryProcess registry) {
    try (TestStore store = TestStore.with(registry, TestImages.DEBIAN);
        Engine engine = store.open()) {
      PackageList list = engine.images().packages(TestImages.DEBIAN);
      String told;
      ContainerSpec query =
          ContainerSpec.of(TestImages.DEBIAN)
              .command("dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Version}\\n");
      try (Container container = engine.run(query)) {
        var unused = container.awaitExit();
        told = container.logs();
      }
      TreeSet<String> expected =
          told.lines()
              .filter(line -> line.startsWith("installed "))
              .map(line -> line.substring("installed ".length()))
              .collect(Collectors.toCollection(TreeSet::new));
      TreeSet<String> found =
          list.packages().stream()
              .filter(one -> one.kind() == Kind.DEB)
              .map(one -> one.name() + " " + one.version())
              .collect(Collectors.toCollection(TreeSet::new));
      assertTrue(expected.size() > 10, told);
      assertEquals(expected, found);
      assertTrue(list.system().startsWith("debian-"), list.system());
    }
  }

  @Test
  void statements_onAPush_areReferrersOfTheImage(RegistryProcess registry) throws IOException {
    String name = registry.reference("stated:1");
    Image image =
        Image.from(TestImages.BUSYBOX)
            .step(
                "npm",
                files ->
                    files.write(
                        "/app/node_modules/left/package.json",
                        "{\"name\":\"left\",\"version\":\"1.0\"}"));
    try (TestStore store = TestStore.with(registry, TestImages.BUSYBOX);
        Engine engine = store.open()) {
      StoredImage plain = engine.build(image);
      assertThrows(
          ConflictException.class,
          () -> engine.images().statement(plain.id().toString(), Statement.PROVENANCE));

      StoredImage made = engine.build(image, spec -> spec.provenance().tag(name));
      InstalledPackage left = engine.images().packages(name).packages().get(0);
      assertEquals("left 1.0", left.name() + " " + left.version());
      Pushed pushed = engine.push(name, options -> options.attach(Statement.values()));
      String provenance = attached(engine, name, Statement.PROVENANCE);
      assertTrue(provenance.contains(pushed.digest().hex()), provenance);
      assertTrue(provenance.contains(made.id().digest().hex()), provenance);
      assertEquals(provenance, engine.images().statement(name, Statement.PROVENANCE));
      assertEquals(
          engine.images().statement(name, Statement.SPDX), attached(engine, name, Statement.SPDX));
      assertTrue(attached(engine, name, Statement.CYCLONE_DX).contains("pkg:npm/left@1.0"));

      Pushed again = engine.push(name, options -> options.attach(Statement.values()));
      assertEquals(pushed.digest(), again.digest());
      assertEquals(3, engine.registries().referrers(name).size());
    }
  }

  @Test
  void statements_onAPushOfSeveralPlatforms_areOfEachImage(RegistryProcess registry) {
    String name = registry.reference("stated:2");
    Image image = Image.scratch().step("one", files -> files.write("/a", "text"));
    List<Platform> platforms =
        List.of(Platform.parse("linux/amd64"), Platform.parse("linux/arm64"));
    try (TestStore store = TestStore.empty();
        Engine engine = store.open()) {
      StoredImage unused =
          engine.build(
              image,
              spec -> spec.provenance().platforms(platforms.toArray(Platform[]::new)).tag(name));
      Pushed pushed = engine.push(name, options -> options.attach(Statement.PROVENANCE));
      String repository = name.replaceAll(":[^:/]*$", "");
      Index index = Index.parse(engine.registries().manifest(repository + "@" + pushed.digest()));
      assertEquals(2, index.manifests().size());
      for (Descriptor one : index.manifests()) {
        assertEquals(1, engine.registries().referrers(repository + "@" + one.digest()).size());
      }
    }
  }

  private static String attached(Engine engine, String name, Statement statement)
      throws IOException {
    List<Descriptor> referrers = engine.registries().referrers(name, statement.mediaType());
    assertEquals(1, referrers.size());
    String repository = name.replaceAll(":[^:/]*$", "");
    Manifest manifest =
        Manifest.parse(engine.registries().manifest(repository + "@" + referrers.get(0).digest()));
    try (InputStream in = engine.registries().blob(name, manifest.layers().get(0))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
