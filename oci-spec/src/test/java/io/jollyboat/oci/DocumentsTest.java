package io.jollyboat.oci;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.oci.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentsTest {
  private static final Digest DIGEST = Digest.sha256(new byte[0]);
  private static final Descriptor CONFIG = Descriptor.of(MediaType.OCI_CONFIG, DIGEST, 2);
  private static final Descriptor LAYER = Descriptor.of(MediaType.OCI_LAYER_GZIP, DIGEST, 3);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String descriptor(String mediaType, String more) {
    return "{\"mediaType\":\""
        + mediaType
        + "\",\"digest\":\""
        + DIGEST
        + "\",\"size\":7"
        + more
        + "}";
  }

  @Test
  void manifest_made_readsBackTheSame() {
    Manifest manifest =
        Manifest.builder(CONFIG).layers(List.of(LAYER)).annotations(Map.of("a", "b")).build();
    Manifest parsed = Manifest.parse(manifest.bytes());
    assertEquals(manifest, parsed);
    assertEquals(List.of(LAYER), parsed.layers());
    assertEquals(CONFIG, parsed.config());
    assertEquals(Map.of("a", "b"), parsed.annotations());
    assertEquals(Digest.sha256(manifest.bytes()), parsed.digest());
    assertEquals(manifest.bytes().length, parsed.descriptor().size());
  }

  @Test
  void manifest_parsed_keepsItsBytes() {
    byte[] odd =
        bytes(
            "{ \"schemaVersion\": 2,\n \"layers\":null, \"config\": "
                + descriptor(MediaType.DOCKER_CONFIG, ",\"odd\":[1,null]")
                + " }\n");
    Manifest manifest = Manifest.parse(odd);
    assertArrayEquals(odd, manifest.bytes());
    assertEquals(List.of(), manifest.layers());
    assertTrue(
        new String(Manifest.of(manifest.config(), List.of()).bytes(), StandardCharsets.UTF_8)
            .contains("\"odd\":[1,null]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{} {}",
        "nonsense",
        "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":[],\"manifests\":[]}",
        "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":[null]}",
        "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":{}}",
        "{\"schemaVersion\":2,\"config\":CONFIG,\"config\":CONFIG}",
        "{\"schemaVersion\":3,\"config\":CONFIG}",
        "{\"schemaVersion\":2,\"config\":CONFIG,\"mediaType\":\"text/plain\"}",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"digest\":\"x\",\"size\":1}}",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"size\":1}}",
      })
  void manifest_malformed_isRefused(String text) {
    String document = text.replace("CONFIG", descriptor(MediaType.OCI_CONFIG, ""));
    assertThrows(OciFormatException.class, () -> Manifest.parse(bytes(document)));
  }

  @Test
  void manifest_ofSchema1_saysWhatToDo() {
    OciFormatException e =
        assertThrows(
            OciFormatException.class,
            () -> Manifest.parse(bytes("{\"schemaVersion\":1,\"fsLayers\":[]}")));
    assertTrue(e.toString().contains("push the image again"), e.toString());
  }

  @Test
  void parse_tooDeepOrTooLong_isRefused() {
    String deep = "{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}";
    assertThrows(OciFormatException.class, () -> Index.parse(bytes(deep)));
    byte[] big = new byte[JsonText.MAX_BYTES + 1];
    assertThrows(OciFormatException.class, () -> Index.parse(big));
  }

  @Test
  void descriptor_errors_nameThePlace() {
    OciFormatException e =
        assertThrows(
            OciFormatException.class,
            () ->
                Index.parse(
                    bytes("{\"manifests\":[" + descriptor("x", "") + ",{\"mediaType\":\"x\"}]}")));
    assertTrue(e.toString().contains("image index: manifests[1].digest"), e.toString());
  }

  @Test
  void index_select_takesTheBestAndPassesOverAttestations() {
    Descriptor arm =
        LAYER.withMediaType(MediaType.OCI_MANIFEST).withPlatform(Platform.parse("linux/arm64"));
    Descriptor amd = arm.withPlatform(Platform.parse("linux/amd64"));
    Descriptor unknown = arm.withPlatform(Platform.of("unknown", "unknown"));
    Descriptor note = amd.withAnnotation("vnd.docker.reference.type", "attestation-manifest");
    Index index = Index.of(List.of(note, unknown, arm, amd));
    assertEquals(Optional.of(amd), index.select(Platform.parse("linux/amd64/v3")));
    assertEquals(Optional.of(arm), index.select(Platform.parse("linux/arm64/v8")));
    assertEquals(Optional.empty(), index.select(Platform.parse("linux/s390x")));
    assertEquals("[linux/arm64, linux/amd64]", index.platforms().toString());
    assertEquals(index, Index.parse(index.bytes()));
  }

  @Test
  void index_withoutPlatforms_selectsTheFirst() {
    Descriptor plain = LAYER.withMediaType(MediaType.OCI_MANIFEST);
    assertEquals(
        Optional.of(plain), Index.of(List.of(plain)).select(Platform.parse("linux/amd64")));
  }

  @Test
  void index_withLayers_isRefused() {
    assertThrows(
        OciFormatException.class, () -> Index.parse(bytes("{\"manifests\":[],\"layers\":[]}")));
  }
}
