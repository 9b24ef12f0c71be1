package io.jollyboat.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ArchiveDocumentsTest {
  private static final ImageReference NAME = ImageReference.parse("localhost:5000/a/b:1");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void savedImages_writtenAndRead_areTheSame() {
    List<SavedImage> images =
        List.of(
            new SavedImage("blobs/sha256/1", List.of(NAME), List.of("a/layer.tar", "b.tar")),
            new SavedImage("2.json", List.of(), List.of()));
    assertEquals(images, SavedImage.parse(SavedImage.write(images)));
    assertEquals(List.of(), SavedImage.parse(SavedImage.write(List.of())));
  }

  @Test
  void savedImages_ofDocker_areRead() {
    String text =
        "[{\"Config\":\"c.json\",\"RepoTags\":null,\"Layers\":[\"l/layer.tar\"],\"Other\":1}]\n";
    assertEquals(
        List.of(new SavedImage("c.json", List.of(), List.of("l/layer.tar"))),
        SavedImage.parse(bytes(text)));
  }

  @Test
  void savedImages_malformed_areRefused() {
    for (String wrong :
        List.of("", "{}", "[1]", "[{}]", "[{\"Config\":\"c\",\"RepoTags\":[\"UP\"]}]", "[]]")) {
      assertThrows(OciFormatException.class, () -> SavedImage.parse(bytes(wrong)), wrong);
    }
  }

  @Test
  void repositories_writtenAndRead_areTheSame() {
    Map<ImageReference, String> names =
        Map.of(NAME, "x", NAME.withTag("2"), "y", ImageReference.parse("busybox"), "z");
    assertEquals(names, LegacyArchive.repositories(LegacyArchive.writeRepositories(names)));
  }

  @Test
  void config_ofAChainOfLayers_hasItsHistoryAndTheUppermostsSettings() {
    byte[] below =
        bytes(
            "{\"id\":\"a\",\"created\":\"2014-01-02T03:04:05Z\",\"container_config\":"
                + "{\"Cmd\":[\"/bin/sh\",\"-c\",\"#(nop) ADD file\"]},\"os\":\"linux\"}");
    byte[] above =
        bytes(
            "{\"id\":\"b\",\"parent\":\"a\",\"created\":\"2015-01-02T03:04:05Z\",\"author\":\"Ann\","
                + "\"config\":{\"Cmd\":[\"sh\"],\"Env\":[\"A=1\"]},\"architecture\":\"amd64\"}");
    assertEquals(Optional.of("a"), LegacyArchive.parent(above));
    assertEquals(Optional.empty(), LegacyArchive.parent(below));
    List<Digest> diffIds = List.of(Digest.sha256(below), Digest.sha256(above));
    ImageConfig config = LegacyArchive.config(List.of(below, above), diffIds);
    assertEquals(diffIds, config.diffIds());
    assertEquals(List.of("sh"), config.cmd());
    assertEquals(List.of("A=1"), config.env());
    assertEquals(Platform.of("linux", "amd64"), config.platform());
    assertEquals(Optional.of("Ann"), config.author());
    assertEquals(Optional.of(Instant.parse("2015-01-02T03:04:05Z")), config.created());
    assertEquals("/bin/sh -c #(nop) ADD file", config.history().get(0).createdBy());
    assertEquals("Ann", config.history().get(1).author());
  }
}
