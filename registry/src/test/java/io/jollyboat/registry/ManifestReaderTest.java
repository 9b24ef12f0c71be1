package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContentException;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.Platform;
import io.jollyboat.registry.server.Fault;
import io.jollyboat.registry.server.RegistryServer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManifestReaderTest {
  private static final Platform AMD = Platform.parse("linux/amd64");
  private static final Platform ARM = Platform.parse("linux/arm64");

  private final RegistryServer server = RegistryServer.start();
  private final HttpRegistry registry = Story.client().build();
  private final ManifestReader reader = new ManifestReader(registry);
  private final ImageReference name = ImageReference.parse(server.address() + "/x:1");

  @AfterEach
  void close() {
    registry.close();
    server.close();
  }

  private Descriptor pushIndex(ImageReference reference, List<Descriptor> manifests) {
    Index index = Index.of(manifests);
    Digest unused = registry.pushManifest(reference, MediaType.OCI_INDEX, index.bytes());
    return index.descriptor();
  }

  private Descriptor pushImage(Platform platform) {
    Story story = Story.of(platform, platform.equals(AMD) ? 10 : 20);
    story.push(registry, name.withDigest(story.manifest().digest()));
    return story.manifest().descriptor().withPlatform(platform);
  }

  @Test
  void find_indexWithinIndex_leadsToThePlatform() {
    Descriptor inner = pushIndex(name.withTag("inner"), List.of(pushImage(AMD), pushImage(ARM)));
    Descriptor outer = pushIndex(name, List.of(inner));
    ManifestReader.Found found = reader.find(name, ARM).orElseThrow();
    assertEquals(outer, found.named());
    assertEquals(outer.digest(), found.index().orElseThrow().digest());
    assertEquals(ARM, reader.config(name, found.manifest()).platform());
  }

  @Test
  void find_oneManifest_hasNoIndex() {
    Story story = Story.small();
    story.push(registry, name);
    ManifestReader.Found found = reader.find(name, ARM).orElseThrow();
    assertEquals(Optional.empty(), found.index());
    assertEquals(story.manifest(), found.manifest());
    assertEquals(story.config(), reader.config(name, found.manifest()));
    assertEquals(Optional.empty(), reader.find(name.withTag("other"), ARM));
  }

  @Test
  void find_missingPlatform_namesThoseThatAreThere() {
    pushIndex(name, List.of(pushImage(AMD)));
    ImageNotFoundException e =
        assertThrows(ImageNotFoundException.class, () -> reader.find(name, ARM));
    assertTrue(e.toString().contains("only for linux/amd64"), e.toString());
  }

  @Test
  void find_indexesWithoutEnd_isRefused() {
    Descriptor index = pushIndex(name, List.of(pushImage(AMD)));
    for (int i = 0; i < 4; i++) {
      index = pushIndex(name, List.of(index));
    }
    assertThrows(ContentException.class, () -> reader.find(name, AMD));
  }

  @Test
  void config_changedOnTheWay_isRefused() {
    Story story = Story.small();
    story.push(registry, name);
    server.fail("GET .*/blobs/.*", 1, Fault.corrupt());
    ContentException e =
        assertThrows(ContentException.class, () -> reader.config(name, story.manifest()));
    assertEquals(story.config().id(), e.expected().orElseThrow());
  }

  @Test
  void config_malformedOrOfAnArtifact_isRefused() {
    byte[] text = "{}".getBytes(StandardCharsets.UTF_8);
    Descriptor config = Descriptor.of(MediaType.OCI_CONFIG, Digest.sha256(text), text.length);
    registry.pushBlob(name, config, new ByteArrayInputStream(text));
    Manifest malformed = Manifest.of(config, List.of());
    assertThrows(ContentException.class, () -> reader.config(name, malformed));
    Manifest artifact = Manifest.of(config.withMediaType("text/plain"), List.of());
    ContentException e = assertThrows(ContentException.class, () -> reader.config(name, artifact));
    assertTrue(e.toString().contains("is no container image"), e.toString());
  }
}
