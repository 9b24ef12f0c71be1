package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Artifact;
import io.jollyboat.ContentException;
import io.jollyboat.Engine;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Progress;
import io.jollyboat.Pushed;
import io.jollyboat.Registries;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.Platform;
import io.jollyboat.registry.HttpRegistry;
import io.jollyboat.registry.server.Fault;
import io.jollyboat.registry.server.RegistryServer;
import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RecordedProgress;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What registries hold: listed, copied, added to and deleted without the store. */
@IntegrationTest
class RegistriesIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final TestStore store = TestStore.empty();
  private final RegistryServer other = RegistryServer.start();

  @AfterEach
  void close() {
    other.close();
    store.close();
  }

  private String elsewhere(String name) {
    return other.address() + "/" + name;
  }

  @Test
  void image_copiedBetweenRegistries_isTheSameAndNotInTheStore(RegistryProcess registry) {
    try (Engine engine = store.open()) {
      Registries remote = engine.registries();
      String from = registry.reference(TestImages.BUSYBOX);
      Pushed copied = remote.copy(from, elsewhere("copy:1"));
      assertEquals(remote.resolve(from).orElseThrow().digest(), copied.digest());
      assertArrayEquals(remote.manifest(from), remote.manifest(elsewhere("copy:1")));
      assertEquals(List.of(), engine.images().listAll());
      assertEquals(engine.pull(from).id(), engine.pull(elsewhere("copy@" + copied.digest())).id());
    }
  }

  @Test
  void image_copiedWithinARegistry_isMounted(RegistryProcess registry) {
    RecordedProgress progress = new RecordedProgress();
    try (Engine engine = store.open(progress)) {
      String to = registry.reference("mounted/copy:1");
      engine.registries().copy(registry.reference(TestImages.BUSYBOX), to);
      engine.registries().copy(registry.reference(TestImages.BUSYBOX), to);
      assertTrue(engine.registries().resolve(to).isPresent());
      assertEquals(false, progress.layers(Progress.Phase.MOUNTED).isEmpty());
      assertEquals(false, progress.layers(Progress.Phase.PRESENT).isEmpty());
      assertEquals(true, progress.layers(Progress.Phase.DONE).isEmpty());
    }
  }

  @Test
  void index_copied_hasAllPlatformsOrTheOneAskedFor(RegistryProcess registry) {
    String from = registry.reference("two/platforms:1");
    Index index = pushIndex(registry);
    try (Engine engine = store.open()) {
      Registries remote = engine.registries();
      assertEquals(index.digest(), remote.copy(from, elsewhere("all:1")).digest());
      assertArrayEquals(index.bytes(), remote.manifest(elsewhere("all:1")));
      Platform arm = Platform.parse("linux/arm64");
      Descriptor wanted = index.select(arm).orElseThrow();
      assertEquals(
          wanted.digest(),
          remote.copy(from, elsewhere("one:1"), copy -> copy.platform(arm)).digest());
      assertEquals(
          wanted.mediaType(), remote.resolve(elsewhere("one:1")).orElseThrow().mediaType());
      String raw =
          Command.run(
              LIMIT,
              "skopeo",
              "inspect",
              "--raw",
              "--tls-verify=false",
              "docker://" + elsewhere("all:1"));
      assertArrayEquals(index.bytes(), raw.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Busybox's only image under two platforms' names: the copy does not look into it. */
  private static Index pushIndex(RegistryProcess registry) {
    try (HttpRegistry http = HttpRegistry.builder().proxy(Map.of()).build()) {
      ImageReference busybox = ImageReference.parse(registry.reference(TestImages.BUSYBOX));
      ImageReference two = ImageReference.parse(registry.reference("two/platforms:1"));
      Descriptor one = http.resolve(busybox).orElseThrow();
      Manifest manifest = Manifest.parse(http.manifest(busybox, one));
      assertTrue(http.mount(busybox, two, manifest.config()));
      manifest.layers().forEach(layer -> assertTrue(http.mount(busybox, two, layer)));
      Manifest second =
          Manifest.builder(manifest.config())
              .layers(manifest.layers())
              .annotations(Map.of("second", "true"))
              .build();
      Index index =
          Index.of(
              List.of(
                  manifest.descriptor().withPlatform(Platform.parse("linux/amd64")),
                  second.descriptor().withPlatform(Platform.parse("linux/arm64"))));
      for (Manifest each : List.of(manifest, second)) {
        Digest unused =
            http.pushManifest(two.withDigest(each.digest()), each.mediaType(), each.bytes());
      }
      Digest unused = http.pushManifest(two, index.mediaType(), index.bytes());
      return index;
    }
  }

  @Test
  void artifacts_attachedAtARegistryWithoutReferrers_areListedAndFetched(
      RegistryProcess registry, @TempDir Path directory) throws IOException {
    attach(registry.reference("with/referrers:1"), registry, directory);
  }

  @Test
  void artifacts_attachedAtARegistryWithReferrers_areListedAndFetched(
      RegistryProcess registry, @TempDir Path directory) throws IOException {
    attach(elsewhere("with/referrers:1"), registry, directory);
  }

  private void attach(String image, RegistryProcess registry, Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("bom.json"), "{\"spdxVersion\":\"2.3\"}");
    try (Engine engine = store.open()) {
      Registries remote = engine.registries();
      remote.copy(registry.reference(TestImages.BUSYBOX), image);
      assertEquals(List.of(), remote.referrers(image));
      Artifact bom =
          Artifact.of("application/spdx+json")
              .file("application/spdx+json", file)
              .annotation("made.by", "a test");
      Descriptor first = remote.attach(image, bom);
      remote.attach(image, Artifact.of("test/signature").blob("text/plain", new byte[] {7}));
      assertEquals(first, remote.attach(image, bom));
      assertEquals(2, remote.referrers(image).size());
      assertEquals(List.of(first), remote.referrers(image, "application/spdx+json"));
      assertEquals(Map.of("made.by", "a test"), first.annotations());
      Manifest manifest = Manifest.parse(remote.manifest(at(image, first.digest())));
      assertEquals(
          remote.resolve(image).orElseThrow().digest(), manifest.subject().orElseThrow().digest());
      Descriptor layer = manifest.layers().get(0);
      assertEquals("bom.json", layer.annotations().get("org.opencontainers.image.title"));
      try (InputStream in = remote.blob(image, layer)) {
        assertArrayEquals(Files.readAllBytes(file), in.readAllBytes());
      }
    }
  }

  private static String at(String image, Digest digest) {
    return ImageReference.parse(image).withDigest(digest).toString();
  }

  @Test
  void artifact_copied_isAReferrerThere(RegistryProcess registry) {
    String from = elsewhere("signed:1");
    String to = registry.reference("signed/copy:1");
    try (Engine engine = store.open()) {
      Registries remote = engine.registries();
      remote.copy(registry.reference(TestImages.BUSYBOX), from);
      Descriptor made = remote.attach(from, Artifact.of("test/empty"));
      remote.copy(from, to);
      remote.copy(at(from, made.digest()), at(to, made.digest()));
      assertEquals(List.of(made), remote.referrers(to));
    }
  }

  @Test
  void tagsAndDeletion_atARealRegistry(RegistryProcess registry) {
    try (Engine engine = store.open()) {
      Registries remote = engine.registries();
      for (String tag : List.of("b", "a", "c")) {
        remote.copy(registry.reference(TestImages.BUSYBOX), registry.reference("some/tags:" + tag));
      }
      assertEquals(List.of("a", "b", "c"), remote.tags(registry.reference("some/tags")));
      Digest digest = remote.resolve(registry.reference("some/tags:a")).orElseThrow().digest();
      String all = registry.reference("some/tags@" + digest);
      remote.delete(all);
      assertEquals(Optional.empty(), remote.resolve(registry.reference("some/tags:b")));
      assertThrows(ImageNotFoundException.class, () -> remote.delete(all));
      assertThrows(
          ImageNotFoundException.class,
          () -> remote.attach(registry.reference("some/tags:a"), Artifact.of("test/empty")));
    }
  }

  @Test
  void mediaTypes_ofDocker_areCopiedAsTheyAre(RegistryProcess registry) {
    String docker = registry.reference("docker/schema2:1");
    Command.run(
        LIMIT,
        "skopeo",
        "copy",
        "-q",
        "--format=v2s2",
        "--src-tls-verify=false",
        "--dest-tls-verify=false",
        "docker://" + registry.reference(TestImages.BUSYBOX),
        "docker://" + docker);
    try (Engine engine = store.open()) {
      engine.registries().copy(docker, elsewhere("docker:1"));
      assertEquals(
          MediaType.DOCKER_MANIFEST,
          engine.registries().resolve(elsewhere("docker:1")).orElseThrow().mediaType());
    }
  }

  @Test
  void index_ofManifestsThatDoNotFitInMemory_isNotCopied() {
    List<Descriptor> many = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Digest digest = Digest.sha256(new byte[] {(byte) i});
      many.add(Descriptor.of(MediaType.OCI_MANIFEST, digest, 8 << 20));
    }
    other.fail(".*/manifests/.*", 3, Fault.document(MediaType.OCI_INDEX, Index.of(many).bytes()));
    try (Engine engine = store.open()) {
      ContentException error =
          assertThrows(
              ContentException.class,
              () -> engine.registries().copy(elsewhere("huge:1"), elsewhere("copy:1")));
      Failure.says(error, "in all");
    }
  }
}
