package io.jollyboat.oci;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageConfigTest {
  private static final Digest LAYER = Digest.sha256(new byte[0]);
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ImageConfig full() {
    return ImageConfig.builder(Platform.parse("linux/arm/v6"))
        .created(NOON)
        .author("me")
        .user("app")
        .exposedPorts(List.of("3000/tcp", "53/udp"))
        .env("PATH", "/bin")
        .env("A", "1")
        .env("PATH", "/usr/bin:/bin")
        .entrypoint(List.of("/entry"))
        .cmd(List.of("npm", "start"))
        .volumes(List.of("/data"))
        .workingDir("/opt")
        .label("l", "v")
        .stopSignal("SIGINT")
        .healthcheck(
            Optional.of(
                new Healthcheck(
                    List.of("CMD", "true"),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(2),
                    Duration.ZERO,
                    Duration.ZERO,
                    3)))
        .shell(List.of("/bin/bash", "-c"))
        .onBuild(List.of("RUN true"))
        .argsEscaped(true)
        .extension("x.note", "kept")
        .layer(LAYER, History.of(NOON, "RUN x").withComment("c"))
        .history(History.empty(NOON, "ENV A=1"))
        .build();
  }

  @Test
  void build_everyField_readsBack() {
    ImageConfig config = ImageConfig.parse(full().bytes());
    assertEquals(Optional.of(NOON), config.created());
    assertEquals(Optional.of("me"), config.author());
    assertEquals("linux/arm/v6", config.platform().toString());
    assertEquals(Optional.of("app"), config.user());
    assertEquals(Set.of("3000/tcp", "53/udp"), config.exposedPorts());
    assertEquals(List.of("PATH=/usr/bin:/bin", "A=1"), config.env());
    assertEquals(Optional.of("/usr/bin:/bin"), config.env("PATH"));
    assertEquals(Optional.empty(), config.env("PAT"));
    assertEquals(List.of("/entry"), config.entrypoint());
    assertEquals(List.of("npm", "start"), config.cmd());
    assertEquals(Set.of("/data"), config.volumes());
    assertEquals(Optional.of("/opt"), config.workingDir());
    assertEquals(Map.of("l", "v"), config.labels());
    assertEquals(Optional.of("SIGINT"), config.stopSignal());
    assertEquals(Duration.ofSeconds(5), config.healthcheck().orElseThrow().interval());
    assertEquals(3, config.healthcheck().orElseThrow().retries());
    assertEquals(List.of("/bin/bash", "-c"), config.shell());
    assertEquals(List.of("RUN true"), config.onBuild());
    assertTrue(config.argsEscaped());
    assertEquals(Optional.of("kept"), config.extension("x.note"));
    assertEquals(List.of(LAYER), config.diffIds());
    assertEquals(
        List.of(History.of(NOON, "RUN x").withComment("c"), History.empty(NOON, "ENV A=1")),
        config.history());
  }

  @Test
  void toBuilder_unchanged_givesTheSameId() {
    assertEquals(full().id(), full().toBuilder().build().id());
    assertEquals(full().id(), Digest.sha256(full().bytes()));
  }

  @Test
  void toBuilder_changed_leavesTheFirstAsItWas() {
    ImageConfig first = full();
    ImageConfig second =
        first.toBuilder().env("B", "2").label("m", "w").cmd(List.of()).user("").build();
    assertEquals(full(), first);
    assertEquals(List.of("PATH=/usr/bin:/bin", "A=1", "B=2"), second.env());
    assertEquals(List.of(), second.cmd());
    assertEquals(Optional.empty(), second.user());
  }

  @Test
  void parse_unknownMembers_areKept() {
    byte[] document =
        bytes(
            "{\"rootfs\": {\"type\":\"layers\",\"diff_ids\":null},\"os\":\"linux\","
                + "\"architecture\":\"amd64\",\"moby.x\":{\"deep\":[1,2.5,true,null]},"
                + "\"config\":{\"Env\":null,\"Tty\":true},\"created\":\"0001-01-01T00:00:00Z\"}");
    ImageConfig config = ImageConfig.parse(document);
    assertArrayEquals(document, config.bytes());
    assertEquals(Optional.empty(), config.created());
    assertEquals(List.of(), config.diffIds());
    String text =
        new String(config.toBuilder().created(NOON).build().bytes(), StandardCharsets.UTF_8);
    assertTrue(text.contains("\"moby.x\":{\"deep\":[1,2.5,true,null]}"), text);
    assertTrue(text.contains("\"Tty\":true"), text);
  }

  @Test
  void created_withOffsetAndNanoseconds_isRead() {
    ImageConfig config =
        ImageConfig.parse(
            bytes("{\"rootfs\":{},\"created\":\"2026-01-02T13:00:00.123456789+01:00\"}"));
    assertEquals(Optional.of(Instant.parse("2026-01-02T12:00:00.123456789Z")), config.created());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"rootfs\":{\"type\":\"other\"}}",
        "{\"rootfs\":{\"diff_ids\":[\"sha256:0\"]}}",
        "{\"rootfs\":{},\"config\":{\"Env\":\"A=1\"}}",
        "{\"rootfs\":{},\"config\":{\"Env\":[1]}}",
        "{\"rootfs\":{},\"config\":{\"Labels\":{\"a\":1}}}",
        "{\"rootfs\":{},\"created\":\"yesterday\"}",
      })
  void parse_malformed_isRefused(String text) {
    assertThrows(OciFormatException.class, () -> ImageConfig.parse(bytes(text)));
  }

  @Test
  void env_withoutName_isRefused() {
    ImageConfigBuilder builder = ImageConfig.builder(Platform.current());
    assertThrows(OciFormatException.class, () -> builder.env(List.of("=x")));
    assertThrows(IllegalArgumentException.class, () -> builder.extension("os", "x"));
  }
}
