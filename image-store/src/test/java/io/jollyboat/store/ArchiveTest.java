package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContentException;
import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.SaveSpec;
import io.jollyboat.SaveSpec.Compression;
import io.jollyboat.SaveSpec.Format;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageConfigBuilder;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Archives that are written and read again. */
final class ArchiveTest extends ArchiveFixture {
  private static final ImageReference NAME = ImageReference.parse("localhost:5000/web:1");

  @ParameterizedTest
  @EnumSource(Compression.class)
  void save_ofSeveralImages_isLoadedWithNamesAndIds(Compression compression) {
    StoredImage one = image("one:1", "a", "b");
    StoredImage two = image("localhost:5000/two:2", "a", "c");
    store.images().tag(one.id(), ImageReference.parse("again:1"));
    byte[] archive =
        saved(s -> s.compression(compression), "one:1", "again:1", "localhost:5000/two:2");
    removeAll();
    List<ImageId> loaded = load(archive).stream().map(StoredImage::id).toList();
    assertEquals(List.of(one.id(), two.id()), loaded);
    for (String name : List.of("one:1", "again:1")) {
      assertEquals(one.id(), store.images().find(name).orElseThrow().id());
    }
    assertEquals(two.id(), store.images().find("localhost:5000/two:2").orElseThrow().id());
    assertEquals(List.of("f" + "a", "f" + "b"), files(one));
  }

  private List<String> files(StoredImage image) {
    return store.layers().chain(image.config().diffIds()).stream()
        .flatMap(layer -> names(layer.tree()).stream())
        .toList();
  }

  private static List<String> names(Path directory) {
    try (var all = Files.list(directory)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void save_byId_givesAnImageWithoutAName() {
    StoredImage image = image("one:1", "a");
    byte[] archive = saved(s -> s, image.id().shortHex());
    removeAll();
    assertEquals(List.of(image.id()), load(archive).stream().map(StoredImage::id).toList());
    assertTrue(store.images().find("one:1").isEmpty());
  }

  @Test
  void save_ofWhatIsNotThere_writesNothing() {
    image("one:1", "a");
    Path file = directory.resolve("saved.tar");
    assertThrows(
        ImageNotFoundException.class,
        () -> store.save(List.of("one:1", "other"), file, SaveSpec.defaults()));
    assertFalse(Files.exists(file));
    assertEquals(List.of("store"), names(directory));
  }

  @Test
  void save_ofALayoutToAStream_isRefused() {
    image("one:1", "a");
    assertThrows(
        IllegalArgumentException.class, () -> saved(s -> s.format(Format.OCI_LAYOUT), "one:1"));
  }

  @Test
  void save_ofTheSameImages_givesTheSameBytes() {
    image("one:1", "a", "b");
    assertArrayEquals(saved(s -> s, "one:1"), saved(s -> s, "one:1"));
  }

  @Test
  void save_toALayout_addsToWhatIsThereAndMovesNames() {
    StoredImage one = image("one:1", "a");
    StoredImage two = image("two:2", "b");
    Path layout = directory.resolve("layout");
    SaveSpec spec = SaveSpec.defaults().format(Format.OCI_LAYOUT);
    store.save(List.of("one:1"), layout, spec);
    store.save(List.of("two:2"), layout, spec);
    store.images().tag(two.id(), ImageReference.parse("other:1"));
    store.save(List.of("other:1"), layout, spec);
    removeAll();
    List<StoredImage> loaded = store.load(layout, config -> {});
    assertEquals(List.of(two.id()), loaded.stream().map(StoredImage::id).distinct().toList());
    assertTrue(store.images().find("two:2").isPresent());
    assertTrue(store.images().find(one.id()).isEmpty(), "the tag 1 stands for the last one saved");
  }

  @Test
  void load_membersInAnyOrderAndCompressed_givesTheImage() throws IOException {
    StoredImage image = image("one:1", "a", "b");
    Map<String, byte[]> members = members(saved(s -> s, "one:1"));
    removeAll();
    List<String> names = new ArrayList<>(members.keySet());
    Collections.reverse(names);
    Map<String, byte[]> reversed = new LinkedHashMap<>();
    names.forEach(name -> reversed.put("./" + name, members.getOrDefault(name, new byte[0])));
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(archive(reversed));
    }
    assertEquals(image.id(), load(zipped.toByteArray()).get(0).id());
    removeAll();
    Path file = Files.write(directory.resolve("x.tar"), archive(reversed));
    assertEquals(image.id(), store.load(file, config -> {}).get(0).id());
  }

  @Test
  void load_oldFormWithManifest_givesTheImageAndCompressesForAPush() throws IOException {
    StoredImage image = image("one:1", "a", "b");
    byte[] archive = oldForm(image, true);
    removeAll();
    StoredImage loaded = load(archive).get(0);
    assertEquals(image.id(), loaded.id());
    assertEquals("[one:1]", loaded.names().toString());
    Manifest manifest = store.images().manifestFor(image.id());
    for (Descriptor layer : manifest.layers()) {
      assertEquals(MediaType.OCI_LAYER_GZIP, layer.mediaType());
    }
  }

  /** As Docker 1.10 to 24 wrote it; the first layer's archive a link, as Podman writes it. */
  private byte[] oldForm(StoredImage image, boolean withManifest) throws IOException {
    TarBuilder tar = new TarBuilder();
    List<Layer> layers = store.layers().chain(image.config().diffIds());
    List<String> names = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      store.layers().content().writeTar(layers.get(i), content);
      String name = "layer" + i;
      names.add("\"" + name + "/layer.tar\"");
      tar.file(name + "/VERSION", "1.0");
      String parent = i == 0 ? "" : ",\"parent\":\"layer" + (i - 1) + "\"";
      tar.file(name + "/json", "{\"id\":\"" + name + "\",\"os\":\"linux\"" + parent + "}");
      if (i == 0) {
        tar.member('0', "real.tar", "", content.toByteArray());
        tar.member('2', name + "/layer.tar", "../real.tar", new byte[0]);
      } else {
        tar.member('0', name + "/layer.tar", "", content.toByteArray());
      }
    }
    tar.file("repositories", "{\"one\":{\"1\":\"layer" + (layers.size() - 1) + "\"}}");
    if (withManifest) {
      String config = image.id().digest().hex() + ".json";
      tar.member('0', config, "", image.config().bytes());
      tar.file(
          "manifest.json",
          "[{\"Config\":\"" + config + "\",\"RepoTags\":[\"one:1\"],\"Layers\":" + names + "}]");
    }
    return tar.finished();
  }

  @Test
  void load_oldestForm_makesAConfiguration() throws IOException {
    StoredImage image = image("one:1", "a", "b");
    byte[] archive = oldForm(image, false);
    removeAll();
    StoredImage loaded = load(archive).get(0);
    assertEquals(image.config().diffIds(), loaded.config().diffIds());
    assertEquals("[one:1]", loaded.names().toString());
    assertEquals(List.of("fa", "fb"), files(loaded));
  }

  @Test
  void load_ofSeveralPlatforms_keepsTheIndexForTheNextSave() throws IOException {
    byte[] archive = twoPlatforms(true);
    StoredImage loaded = load(archive).get(0);
    assertTrue(loaded.platform().runsOn(Platform.current()), loaded.platform().toString());
    assertEquals(2, store.images().list().size());
    byte[] again = saved(s -> s.format(Format.OCI_ARCHIVE), NAME.toString());
    Map<String, byte[]> expected = members(archive);
    Map<String, byte[]> actual = members(again);
    for (var member : expected.entrySet()) {
      if (member.getKey().startsWith("blobs/")) {
        assertArrayEquals(member.getValue(), actual.get(member.getKey()), member.getKey());
      }
    }
    store.images().tag(loaded.id(), ImageReference.parse("other:1"));
    store.images().remove(NAME.toString(), id -> List.of());
    assertEquals(2, store.images().list().size(), "the other name stands for both");
    assertArrayEquals(
        members(again).get(indexName(expected)),
        members(saved(s -> s, "other:1")).get(indexName(expected)));
    store.images().remove("other:1", id -> List.of());
    assertEquals(List.of(), store.images().listAll());
    assertEquals(List.of(), store.blobs().list());
  }

  private static String indexName(Map<String, byte[]> members) {
    Index top = Index.parse(members.getOrDefault("index.json", new byte[0]));
    return "blobs/sha256/" + top.manifests().get(0).digest().hex();
  }

  @Test
  void load_ofSomePlatformsOfAnIndex_givesThem() throws IOException {
    StoredImage loaded = load(twoPlatforms(false)).get(0);
    assertTrue(loaded.platform().runsOn(Platform.current()));
    assertEquals(1, store.images().list().size());
  }

  /** An index of this machine's platform, another one, and an attestation. */
  private byte[] twoPlatforms(boolean both) {
    StoredImage own = image("own", "a");
    Map<String, byte[]> members = new LinkedHashMap<>();
    List<Descriptor> manifests = new ArrayList<>();
    List<Platform> platforms = List.of(Platform.of("linux", "s390x"), Platform.current());
    for (Platform platform : platforms) {
      Layer layer = store.layers().chain(own.config().diffIds()).get(0);
      ImageConfig config =
          ImageConfig.builder(platform).layer(layer.diffId(), History.of(TIME, "x")).build();
      Manifest manifest =
          Manifest.of(config.descriptor(), List.of(store.layers().compressed(layer)));
      manifests.add(manifest.descriptor().withPlatform(platform));
      if (both || platform.equals(Platform.current())) {
        put(members, config.bytes());
        put(members, manifest.bytes());
        put(members, store.blobs().read(manifest.layers().get(0).digest()));
      }
    }
    Descriptor statement = put(members, "{\"said\":true}".getBytes(StandardCharsets.UTF_8));
    byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
    Manifest attestation =
        Manifest.of(
            put(members, empty).withMediaType(MediaType.OCI_CONFIG),
            List.of(statement.withMediaType("application/vnd.in-toto+json")));
    put(members, attestation.bytes());
    manifests.add(
        attestation
            .descriptor()
            .withAnnotation("vnd.docker.reference.type", "attestation-manifest")
            .withPlatform(Platform.of("unknown", "unknown")));
    Index index = Index.of(manifests);
    put(members, index.bytes());
    Descriptor entry =
        index.descriptor().withAnnotation("io.containerd.image.name", NAME.canonical());
    members.put("index.json", Index.of(List.of(entry)).bytes());
    members.put("oci-layout", "{}".getBytes(StandardCharsets.UTF_8));
    removeAll();
    return archive(members);
  }

  /** A layout of one image of these layers, named after them. */
  private static byte[] layersOf(List<byte[]> tars, List<Descriptor> blobs) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    ImageConfigBuilder builder = ImageConfig.builder(Platform.current()).created(TIME);
    for (byte[] tar : tars) {
      Descriptor unused = put(members, tar);
      builder = builder.layer(Digest.sha256(tar), History.of(TIME, "x"));
    }
    ImageConfig config = builder.build();
    Descriptor unused = put(members, config.bytes());
    Manifest manifest = Manifest.of(config.descriptor(), blobs);
    Descriptor unused2 = put(members, manifest.bytes());
    Descriptor entry =
        manifest.descriptor().withAnnotation("io.containerd.image.name", NAME.canonical());
    members.put("index.json", Index.of(List.of(entry)).bytes());
    members.put("oci-layout", "{}".getBytes(StandardCharsets.UTF_8));
    return archive(members);
  }

  @Test
  void load_ofEmptyAndForeignLayers_keepsThemAsTheyAre() throws IOException {
    byte[] empty = new byte[1024];
    byte[] foreign = new TarBuilder().file("windows", "x").finished();
    List<Descriptor> blobs =
        List.of(
            Descriptor.of(MediaType.OCI_LAYER, Digest.sha256(empty), empty.length),
            Descriptor.of(MediaType.OCI_FOREIGN_LAYER, Digest.sha256(foreign), foreign.length)
                .withUrls(List.of("https://example.com/b")),
            Descriptor.of(MediaType.OCI_LAYER, Digest.sha256(empty), empty.length));
    byte[] archive = layersOf(List.of(empty, foreign, empty), blobs);
    StoredImage image = load(archive).get(0);
    assertEquals(List.of("windows"), files(image));
    assertEquals(3, store.layers().chain(image.config().diffIds()).size());
    Manifest manifest = store.images().manifestFor(image.id());
    assertEquals(blobs, manifest.layers());
    Map<String, byte[]> again = members(saved(s -> s.format(Format.OCI_ARCHIVE), NAME.toString()));
    assertArrayEquals(manifest.bytes(), again.get("blobs/sha256/" + manifest.digest().hex()));
  }

  @Test
  void load_ofMoreLayersThanARootCanHave_isRefused() {
    byte[] empty = new byte[1024];
    Descriptor blob = Descriptor.of(MediaType.OCI_LAYER, Digest.sha256(empty), empty.length);
    byte[] most = layersOf(Collections.nCopies(127, empty), Collections.nCopies(127, blob));
    assertEquals(127, load(most).get(0).config().diffIds().size());
    byte[] more = layersOf(Collections.nCopies(128, empty), Collections.nCopies(128, blob));
    assertThrows(ContentException.class, () -> load(more));
  }
}
