package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContentException;
import io.jollyboat.Engine;
import io.jollyboat.JollyboatException;
import io.jollyboat.RegistryException;
import io.jollyboat.StoreException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.oci.Platform;
import io.jollyboat.registry.HttpRegistry;
import io.jollyboat.registry.server.Fault;
import io.jollyboat.registry.server.RegistryServer;
import io.jollyboat.test.Command;
import io.jollyboat.test.HostMount;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Registries that answer wrongly, by fault or on purpose: a typed error each, and the store is as
 * it was and takes the right image after.
 */
@IntegrationTest
class HostileRegistryIT {
  private static final int ALWAYS = 100;
  private static final String HUNDRED_MB = Integer.toString(100 << 20);

  private final TestStore store = TestStore.empty();
  private final RegistryServer server = RegistryServer.start();
  private final HttpRegistry client =
      HttpRegistry.builder()
          .proxy(Map.of())
          .credentials(host -> java.util.Optional.empty())
          .build();
  private final ImageReference name = ImageReference.parse(server.address() + "/any/image:1");
  private Manifest good;

  @BeforeEach
  void push(RegistryProcess registry) {
    try (Engine engine = store.open()) {
      engine.registries().copy(registry.reference(TestImages.BUSYBOX), name.toString());
      good = Manifest.parse(engine.registries().manifest(name.toString()));
    }
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    store.close();
  }

  /** Spoils what the server is going to answer. */
  private interface Spoiling {
    void spoil(HostileRegistryIT test) throws IOException;
  }

  private static Arguments row(
      String what, Class<? extends JollyboatException> error, String word, Spoiling spoiling) {
    return Arguments.of(what, error, word, spoiling);
  }

  static Stream<Arguments> rows() {
    return Stream.of(bodies(), documents(), images()).flatMap(rows -> rows);
  }

  private static Stream<Arguments> bodies() {
    Class<ContentException> content = ContentException.class;
    return Stream.of(
        row("layer of wrong digest", content, "digest", t -> t.layer(Fault.corrupt())),
        row("layer that ends early", content, "ended after", t -> t.layer(t.half())),
        row("layer without end", content, "more than", t -> t.layer(Fault.endless())),
        row(
            "layer that always breaks off",
            RegistryException.class,
            "broke off",
            t -> t.layer(Fault.truncate(0))),
        row("manifest of wrong digest", content, "digest", t -> t.manifest(Fault.corrupt())),
        row("manifest without end", content, "not what was", t -> t.manifest(Fault.endless())),
        row("configuration of wrong digest", content, "digest", t -> t.config(Fault.corrupt())),
        row("configuration without end", content, "longer", t -> t.config(Fault.endless())),
        row("errors without end", RegistryException.class, "403", HostileRegistryIT::longError),
        row(
            "a page instead of a manifest",
            content,
            "neither",
            t -> t.any(Fault.document("text/html", "<html></html>".getBytes(UTF)))));
  }

  private static final java.nio.charset.Charset UTF = StandardCharsets.UTF_8;

  private static Stream<Arguments> documents() {
    Class<ContentException> content = ContentException.class;
    return Stream.of(
        row("manifest of 100 MB", content, "limit", HostileRegistryIT::hugeManifest),
        row("index naming 100 MB", content, "limit", HostileRegistryIT::indexOfHuge),
        row("indexes within indexes", content, "indexes", HostileRegistryIT::deepIndexes),
        row("index that says it is a manifest", content, "index", t -> t.typed(true)),
        row("manifest that says it is an index", content, "manifest", t -> t.typed(false)),
        row("both in one", content, "belongs", HostileRegistryIT::bothInOne),
        row("an artifact", content, "is no container image", HostileRegistryIT::artifact),
        row("schema 1", content, "schema 1", HostileRegistryIT::schemaOne),
        row("a manifest that is none", content, "config", t -> t.document("{}")));
  }

  private static Stream<Arguments> images() {
    Class<ContentException> content = ContentException.class;
    return Stream.of(
        row("compression bomb", content, "expands more than", HostileRegistryIT::bomb),
        row("layer of another diff id", content, "digest", t -> t.image(t.otherLayer(), 1)),
        row("more layers than diff ids", content, "layers", t -> t.image(t.otherLayer(), 2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void answer_thatIsWrong_isATypedErrorAndTheStoreAsItWas(
      String what, Class<? extends JollyboatException> error, String word, Spoiling spoiling)
      throws IOException {
    try (Engine engine = store.open()) {
      List<String> before = content(store.root());
      spoiling.spoil(this);
      JollyboatException thrown =
          assertThrows(error, () -> engine.pull(name.toString()), () -> what);
      Failure.says(thrown, word);
      assertEquals(List.of(), engine.images().listAll());
      assertEquals(before, content(store.root()), what);
    }
  }

  /** The names of all files with content; locks and empty directories say nothing. */
  private static List<String> content(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(file -> file.toFile().isFile() && file.toFile().length() > 0)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private void layer(Fault fault) {
    server.fail("GET .*/blobs/" + good.layers().get(0).digest(), ALWAYS, fault);
  }

  private Fault half() throws IOException {
    try (var in = client.blob(name, good.layers().get(0), 0)) {
      byte[] all = in.readAllBytes();
      return Fault.document("application/octet-stream", Arrays.copyOf(all, all.length / 2));
    }
  }

  private void config(Fault fault) {
    server.fail("GET .*/blobs/" + good.config().digest(), ALWAYS, fault);
  }

  private void manifest(Fault fault) {
    server.fail("GET .*/manifests/.*", ALWAYS, fault);
  }

  private void any(Fault fault) {
    server.fail(".*/manifests/.*", ALWAYS, fault);
  }

  /** The answer to HEAD has no body: that to GET is to say why, and never ends. */
  private void longError() {
    server.fail("HEAD .*/manifests/.*", ALWAYS, Fault.respond(403, Map.of()));
    server.fail("GET .*/manifests/.*", ALWAYS, Fault.endlessRefusal(403));
  }

  private void hugeManifest() {
    any(
        Fault.respond(
            200,
            Map.of(
                "Content-Type",
                MediaType.OCI_MANIFEST,
                "Content-Length",
                HUNDRED_MB,
                "Docker-Content-Digest",
                Digest.sha256(new byte[1]).toString())));
  }

  private void indexOfHuge() {
    Descriptor huge = Descriptor.of(MediaType.OCI_MANIFEST, Digest.sha256(new byte[1]), 100 << 20);
    any(Fault.document(MediaType.OCI_INDEX, Index.of(List.of(huge)).bytes()));
  }

  private void deepIndexes() {
    Descriptor inner = good.descriptor();
    for (int i = 0; i < 6; i++) {
      Index index = Index.of(List.of(inner));
      Digest unused =
          client.pushManifest(name.withDigest(index.digest()), index.mediaType(), index.bytes());
      inner = index.descriptor();
      Digest again = client.pushManifest(name, index.mediaType(), index.bytes());
      assertEquals(unused, again);
    }
  }

  private void typed(boolean index) {
    byte[] document = index ? Index.of(List.of(good.descriptor())).bytes() : good.bytes();
    any(Fault.document(index ? MediaType.OCI_MANIFEST : MediaType.OCI_INDEX, document));
  }

  private void document(String text) {
    any(Fault.document(MediaType.OCI_MANIFEST, text.getBytes(UTF)));
  }

  private void bothInOne() {
    String text = new String(good.bytes(), UTF);
    document(text.replaceFirst("\\{", "{\"manifests\":[],"));
  }

  private void artifact() {
    Manifest artifact =
        Manifest.of(good.config().withMediaType("application/vnd.any+json"), good.layers());
    document(new String(artifact.bytes(), UTF));
  }

  private void schemaOne() {
    any(Fault.document(MediaType.DOCKER_SCHEMA1, "{\"schemaVersion\":1}".getBytes(UTF)));
  }

  private Descriptor push(String mediaType, byte[] content) {
    Descriptor blob = Descriptor.of(mediaType, Digest.sha256(content), content.length);
    client.pushBlob(name, blob, new ByteArrayInputStream(content));
    return blob;
  }

  private Descriptor otherLayer() throws IOException {
    return push(MediaType.OCI_LAYER_GZIP, Tars.gzip(new byte[1024]));
  }

  /** An image with a layer, some times over, and one diff id that is not the layer's. */
  private void image(Descriptor layer, int layers) {
    ImageConfig config =
        ImageConfig.builder(Platform.current())
            .layer(Digest.sha256(new byte[] {9}), History.of(Instant.EPOCH, "test"))
            .build();
    Descriptor pushed = push(MediaType.OCI_CONFIG, config.bytes());
    Manifest manifest = Manifest.of(pushed, java.util.Collections.nCopies(layers, layer));
    Digest unused = client.pushManifest(name, manifest.mediaType(), manifest.bytes());
  }

  /** A layer of one file of zeros, 300 MB long, by this machine's tar: 300 KB. */
  private void bomb() throws IOException {
    Path directory = Files.createTempDirectory("jollyboat-bomb");
    try {
      Path tar = directory.resolve("bomb.tar.gz");
      Command.run(
          Duration.ofSeconds(60),
          "sh",
          "-c",
          "truncate -s 300M "
              + directory
              + "/zeros && tar -C "
              + directory
              + " -czf "
              + tar
              + " zeros && rm "
              + directory
              + "/zeros");
      image(push(MediaType.OCI_LAYER_GZIP, Files.readAllBytes(tar)), 1);
    } finally {
      io.jollyboat.test.Trees.delete(directory);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void name_beyondTheLimits_isAFormatErrorBeforeAnyRequest(String reference) {
    server.forgetRequests();
    try (Engine engine = store.open()) {
      assertThrows(OciFormatException.class, () -> engine.pull(server.address() + reference));
      assertEquals(List.of(), server.requests());
    }
  }

  static Stream<String> names() {
    return Stream.of(
        "/" + "x".repeat(256),
        "/" + "x/".repeat(130) + "x",
        "/any:" + "t".repeat(129),
        "/../../etc:1",
        "/any/%2e%2e/v2:1",
        "/any@sha256:" + "0".repeat(63),
        "/any@md5:" + "0".repeat(32));
  }

  @Test
  void storeThatCannotBeWritten_isATypedErrorAndTakesTheImageLater() {
    try (HostMount disk = HostMount.on(store.root(), "-o", "mode=0700")) {
      remount("ro");
      JollyboatException error = assertThrows(JollyboatException.class, () -> store.open().close());
      Failure.says(error, store.root().toString(), "ead-only");
      remount("rw");
      try (Engine engine = store.open()) {
        assertTrue(engine.pull(name.toString()).size().bytes() > 0);
      }
    }
  }

  @Test
  void storeThatIsFull_isAStoreErrorAndTakesTheImageLater() {
    try (HostMount disk = HostMount.on(store.root(), "-o", "mode=0700,size=1m");
        Engine engine = store.open()) {
      StoreException error = assertThrows(StoreException.class, () -> engine.pull(name.toString()));
      Failure.says(error, "pace");
      assertEquals(List.of(), engine.images().listAll());
      remount("size=64m");
      assertTrue(engine.pull(name.toString()).size().bytes() > 0);
    }
  }

  private void remount(String option) {
    Command.run(
        Duration.ofSeconds(10), "mount", "-o", "remount," + option, store.root().toString());
  }
}
