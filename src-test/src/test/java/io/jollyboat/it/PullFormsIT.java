package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jollyboat.Engine;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Pushed;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.Platform;
import io.jollyboat.registry.HttpRegistry;
import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every form that an image can have at a real registry, pulled, pushed and read by skopeo. */
@IntegrationTest
class PullFormsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final TestStore store = TestStore.empty();
  private final HttpRegistry client =
      HttpRegistry.builder().proxy(Map.of()).credentials(host -> Optional.empty()).build();

  @AfterEach
  void close() {
    client.close();
    store.close();
  }

  private static String skopeo(String... words) {
    List<String> command = new ArrayList<>(List.of("skopeo"));
    command.addAll(List.of(words));
    return Command.run(LIMIT, command.toArray(String[]::new));
  }

  private Manifest manifest(ImageReference name) {
    return Manifest.parse(client.manifest(name, client.resolve(name).orElseThrow()));
  }

  private byte[] blob(ImageReference name, Descriptor blob) throws IOException {
    try (InputStream in = client.blob(name, blob, 0)) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "OCI_MANIFEST, OCI_CONFIG, OCI_LAYER, tar",
    "OCI_MANIFEST, OCI_CONFIG, OCI_LAYER_GZIP, gzip",
    "OCI_MANIFEST, OCI_CONFIG, OCI_LAYER_ZSTD, zstd",
    "DOCKER_MANIFEST, DOCKER_CONFIG, DOCKER_LAYER, tar",
    "DOCKER_MANIFEST, DOCKER_CONFIG, DOCKER_LAYER_GZIP, gzip",
    "DOCKER_MANIFEST, DOCKER_CONFIG, DOCKER_LAYER_ZSTD, zstd",
    "OCI_MANIFEST, DOCKER_CONFIG, DOCKER_LAYER_GZIP, gzip",
    "DOCKER_MANIFEST, OCI_CONFIG, OCI_LAYER_GZIP, gzip"
  })
  void image_ofAnyMediaTypes_isPulledAndPushedAsItWas(
      String type, String config, String layer, String form, RegistryProcess registry)
      throws Exception {
    ImageReference base = ImageReference.parse(registry.reference(TestImages.BUSYBOX));
    String tag = (type + config + layer).toLowerCase(java.util.Locale.ROOT);
    ImageReference name = ImageReference.parse(registry.reference("forms/from:" + tag));
    Manifest original = manifest(base);
    byte[] content = content(base, original, form);
    Manifest made =
        Manifest.builder(original.config().withMediaType(type(config)))
            .mediaType(type(type))
            .layers(List.of(Descriptor.of(type(layer), Digest.sha256(content), content.length)))
            .build();
    client.pushBlob(name, made.layers().get(0), new ByteArrayInputStream(content));
    client.pushBlob(name, made.config(), new ByteArrayInputStream(blob(base, original.config())));
    Digest digest = client.pushManifest(name, made.mediaType(), made.bytes());
    try (Engine engine = store.open()) {
      StoredImage image = engine.pull(name.toString());
      assertEquals(original.config().digest(), image.id().digest());
      engine.images().tag(image.id(), registry.reference("forms/to:" + tag));
      Pushed pushed = engine.push(registry.reference("forms/to:" + tag));
      assertEquals(digest, pushed.digest());
    }
    assertArrayEquals(
        made.bytes(),
        skopeo(
                "inspect",
                "--raw",
                "--tls-verify=false",
                "docker://" + registry.reference("forms/to:" + tag))
            .getBytes(StandardCharsets.UTF_8));
  }

  private static String type(String constant) throws ReflectiveOperationException {
    return (String) MediaType.class.getField(constant).get(null);
  }

  /** The same layer in another form. */
  private byte[] content(ImageReference base, Manifest original, String form) throws IOException {
    byte[] gzip = blob(base, original.layers().get(0));
    if (form.equals("gzip")) {
      return gzip;
    }
    Path file = Files.createTempFile("jollyboat-form", ".tar");
    try (InputStream tar = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      Files.copy(tar, file, StandardCopyOption.REPLACE_EXISTING);
      if (form.equals("zstd")) {
        Command.run(LIMIT, "zstd", "-q", "-f", "--rm", file.toString(), "-o", file + ".zst");
        Files.move(Path.of(file + ".zst"), file);
      }
      return Files.readAllBytes(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "linux/arm/v7, v7",
    "linux/arm/v6, v6",
    "linux/arm/v8, v7",
    "linux/arm64, arm64",
    "linux/amd64, amd64",
    "windows/amd64, ''"
  })
  void index_pulledForAPlatform_givesTheBestVariant(
      String platform, String expected, RegistryProcess registry) {
    ImageReference name = ImageReference.parse(registry.reference("forms/index:1"));
    Index index = pushIndex(registry, name);
    try (Engine engine = store.open()) {
      Platform wanted = Platform.parse(platform);
      if (expected.isEmpty()) {
        ImageNotFoundException error =
            assertThrows(
                ImageNotFoundException.class,
                () -> engine.pull(name.toString(), pull -> pull.platform(wanted)));
        Failure.says(error, "linux/arm/v6");
        return;
      }
      for (String reference :
          List.of(name.toString(), name.withDigest(index.digest()).toString())) {
        StoredImage image = engine.pull(reference, pull -> pull.platform(wanted));
        assertEquals(expected, image.config().labels().get("variant"));
      }
    }
  }

  /** Busybox's layer under five configurations, of which each says what it is for. */
  private Index pushIndex(RegistryProcess registry, ImageReference name) {
    ImageReference base = ImageReference.parse(registry.reference(TestImages.BUSYBOX));
    Manifest original = manifest(base);
    original.layers().forEach(layer -> client.mount(base, name, layer));
    List<Descriptor> all = new ArrayList<>();
    for (String each : List.of("arm/v6", "arm/v7", "arm64", "amd64")) {
      Platform platform = Platform.parse("linux/" + each);
      ImageConfig config =
          ImageConfig.parse(read(base, original.config())).toBuilder()
              .platform(platform)
              .label("variant", each.replaceFirst(".*/", ""))
              .build();
      client.pushBlob(name, config.descriptor(), new ByteArrayInputStream(config.bytes()));
      Manifest manifest = Manifest.of(config.descriptor(), original.layers());
      Digest unused =
          client.pushManifest(
              name.withDigest(manifest.digest()), manifest.mediaType(), manifest.bytes());
      all.add(manifest.descriptor().withPlatform(platform));
    }
    Index index = Index.of(all);
    Digest unused = client.pushManifest(name, index.mediaType(), index.bytes());
    return index;
  }

  private byte[] read(ImageReference name, Descriptor blob) {
    try {
      return blob(name, blob);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
