package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContentException;
import io.jollyboat.RegistryException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.Platform;
import io.jollyboat.registry.server.Fault;
import io.jollyboat.registry.server.RegistryServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpRegistryTest {
  /** More than the client keeps of what it has sent. */
  private static final Story LARGE = Story.of(Platform.parse("linux/amd64"), 9 << 20);

  private final RegistryServer server = RegistryServer.start();
  private final HttpRegistry registry = Story.client().build();
  private final Story story = Story.small();
  private final ImageReference name = ImageReference.parse(server.address() + "/a/b:1");

  @AfterEach
  void close() {
    registry.close();
    server.close();
  }

  private byte[] read(Descriptor blob, long offset) throws IOException {
    try (InputStream in = registry.blob(name, blob, offset)) {
      return in.readAllBytes();
    }
  }

  private long count(String request) {
    return server.requests().stream().filter(r -> r.toString().matches(request)).count();
  }

  @Test
  void pushAndPull_byTagAndDigest_giveTheSameBytes() throws IOException {
    story.push(registry, name);
    Descriptor byTag = registry.resolve(name).orElseThrow();
    assertEquals(story.manifest().descriptor(), byTag);
    assertEquals(Optional.of(byTag), registry.resolve(name.withDigest(byTag.digest())));
    assertArrayEquals(story.manifest().bytes(), registry.manifest(name, byTag));
    assertArrayEquals(story.layer().content(), read(story.layer().descriptor(), 0));
  }

  @Test
  void resolve_unknown_isEmpty() {
    assertEquals(Optional.empty(), registry.resolve(name));
  }

  @Test
  void resolve_withoutHead_asksByGet() {
    story.push(registry, name);
    server.fail("HEAD .*/manifests/.*", 2, Fault.respond(405, Map.of()));
    assertEquals(Optional.of(story.manifest().descriptor()), registry.resolve(name));
    assertEquals(Optional.empty(), registry.resolve(name.withTag("other")));
  }

  @Test
  void manifest_changedOnTheWay_isRefused() {
    story.push(registry, name);
    server.fail("GET .*/manifests/.*", 1, Fault.corrupt());
    Descriptor descriptor = story.manifest().descriptor();
    ContentException e =
        assertThrows(ContentException.class, () -> registry.manifest(name, descriptor));
    assertEquals(descriptor.digest(), e.expected().orElseThrow());
  }

  @Test
  void mount_fromARepositoryThatHasIt_sendsNothing() {
    story.push(registry, name);
    ImageReference other = ImageReference.parse(server.address() + "/other:1");
    Descriptor blob = story.layer().descriptor();
    assertFalse(registry.mount(other, other, blob));
    assertTrue(registry.mount(name, other, blob));
    assertTrue(registry.mount(other, other, blob));
    assertEquals(0, count("P.* /v2/other/blobs/uploads/[^?].*"));
  }

  @Test
  void mount_fromARepositoryWithoutIt_abandonsTheSession() {
    ImageReference other = ImageReference.parse(server.address() + "/other:1");
    assertFalse(registry.mount(name, other, story.layer().descriptor()));
    assertEquals(1, count("DELETE .*/blobs/uploads/.* 204"));
  }

  @Test
  void blob_fromAnOffset_givesTheRest() throws IOException {
    story.push(registry, name);
    byte[] rest = read(story.layer().descriptor(), 990);
    assertEquals(10, rest.length);
    assertEquals(story.layer().content()[999], rest[9]);
    assertEquals(0, read(story.layer().descriptor(), 1000).length);
  }

  @Test
  void blob_cutShort_isResumedWhereItEnded() throws IOException {
    story.push(registry, name);
    server.fail("GET .*/blobs/.*", 1, Fault.truncate(300));
    server.fail("GET .*/blobs/.*", 1, Fault.reset());
    assertArrayEquals(story.layer().content(), read(story.layer().descriptor(), 0));
    assertEquals(
        "bytes=300-", server.requests().get(server.requests().size() - 1).headers().get("range"));
  }

  @Test
  void blob_alwaysCutAtOnce_failsInTheEnd() {
    story.push(registry, name);
    server.fail("GET .*/blobs/.*", 100, Fault.truncate(0));
    RegistryException e =
        assertThrows(RegistryException.class, () -> read(story.layer().descriptor(), 0));
    assertEquals(0, e.status());
  }

  @Test
  void blob_unknown_namesIt() {
    RegistryException e =
        assertThrows(RegistryException.class, () -> read(story.layer().descriptor(), 0));
    assertEquals(404, e.status());
    assertEquals(List.of("BLOB_UNKNOWN"), e.codes());
    assertTrue(e.toString().contains(story.layer().descriptor().digest().toString()), e.toString());
  }

  @Test
  void passingFailures_areTriedAgain() {
    story.push(registry, name);
    server.fail("HEAD .*", 1, Fault.respond(503, Map.of()));
    server.fail("HEAD .*", 1, Fault.reset());
    server.fail("HEAD .*", 1, Fault.tooManyRequests(1));
    long start = System.nanoTime();
    assertTrue(registry.resolve(name).isPresent());
    assertTrue(System.nanoTime() - start >= 1_000_000_000L, "Retry-After is waited for");
  }

  @Test
  void lastingFailures_areReported() {
    server.fail("HEAD .*", 100, Fault.respond(500, Map.of()));
    RegistryException e = assertThrows(RegistryException.class, () -> registry.resolve(name));
    assertEquals(500, e.status());
    assertEquals(4, count("HEAD .* 500"));
  }

  @Test
  void refusals_ofTheHead_areExplainedByGet() {
    server.fail("HEAD .*", 1, Fault.respond(403, Map.of()));
    server.fail("GET .*/manifests/.*", 1, Fault.respond(403, Map.of()));
    RegistryException e = assertThrows(RegistryException.class, () -> registry.resolve(name));
    assertEquals(403, e.status());
    assertEquals(List.of("UNKNOWN"), e.codes());
  }

  @Test
  void tooManyRequests_withALongWait_saysWhen() {
    server.fail("HEAD .*", 100, Fault.tooManyRequests(3600));
    RegistryException e = assertThrows(RegistryException.class, () -> registry.resolve(name));
    assertEquals(429, e.status());
    assertEquals(3600, e.retryAfter().orElseThrow().toSeconds());
    assertTrue(e.toString().contains("in 3600 s"), e.toString());
  }

  @Test
  void pushBlob_fromMemory_isTriedAgain() throws IOException {
    server.fail("PUT .*/blobs/.*", 1, Fault.respond(502, Map.of()));
    story.push(registry, name);
    assertArrayEquals(story.layer().content(), read(story.layer().descriptor(), 0));
  }

  @Test
  void pushBlob_ofWrongLength_saysSoAndLeavesNoUpload() {
    Descriptor blob = story.layer().descriptor();
    for (int length : List.of(999, 1001)) {
      InputStream wrong = new ByteArrayInputStream(new byte[length]);
      assertThrows(ContentException.class, () -> registry.pushBlob(name, blob, wrong));
    }
    assertEquals(0, count("POST .*"));
    Descriptor large = LARGE.layer().descriptor();
    for (int change : List.of(-1, 1)) {
      InputStream wrong = new ByteArrayInputStream(new byte[(int) large.size() + change]);
      assertThrows(ContentException.class, () -> registry.pushBlob(name, large, wrong));
    }
    assertEquals(2, count("DELETE .*/blobs/uploads/.* 204"));
  }

  private void pushLarge() throws IOException {
    byte[] content = LARGE.layer().content();
    registry.pushBlob(name, LARGE.layer().descriptor(), Story.oneShot(content));
    assertArrayEquals(content, read(LARGE.layer().descriptor(), 0));
  }

  @Test
  void pushBlob_large_isOneChunk() throws IOException {
    pushLarge();
    assertEquals(1, count("PATCH .* 202"));
    assertEquals(1, count("PUT .* 201"));
  }

  @Test
  void pushBlob_resetOnItsWay_goesOnWhereTheRegistryIs() throws IOException {
    server.fail("PATCH .*", 1, Fault.resetAfterUpload(2_000_000));
    server.fail("PATCH .*", 1, Fault.resetAfterUpload(1));
    server.fail("PATCH .*", 1, Fault.respond(503, Map.of("Retry-After", "1")));
    pushLarge();
    List<String> ranges =
        server.requests().stream()
            .filter(r -> r.method().equals("PATCH"))
            .map(r -> r.headers().get("content-range"))
            .toList();
    String end = "-" + (LARGE.layer().descriptor().size() - 1);
    assertEquals(List.of("0" + end, "2000000" + end, "2000001" + end, "2000001" + end), ranges);
  }

  @Test
  void pushBlob_resetAtOnceEachTime_failsInTheEnd() {
    server.fail("PATCH .*", 100, Fault.reset());
    RegistryException e = assertThrows(RegistryException.class, this::pushLarge);
    assertEquals(0, e.status());
    assertEquals(4, count("PATCH .*"));
  }

  @Test
  void pushBlob_thatTheRegistryHasGivenUp_isTheFailure() {
    server.fail("PATCH .*", 1, Fault.resetAfterUpload(1_000_000));
    server.fail("GET .*/blobs/uploads/.*", 1, Fault.respond(404, Map.of()));
    RegistryException e = assertThrows(RegistryException.class, this::pushLarge);
    assertEquals(0, e.status());
  }

  @Test
  void pushBlob_farBackFromWhereItWas_isTheFailure() {
    server.fail("PATCH .*", 1, Fault.resetAfterUpload(LARGE.layer().descriptor().size() - 1));
    server.fail("GET .*/uploads/.*", 1, Fault.respond(204, Map.of("Range", "0-0")));
    assertThrows(RegistryException.class, this::pushLarge);
    assertEquals(1, count("PATCH .*"));
  }

  @Test
  void pushBlob_ofWrongContent_isRefusedByTheRegistry() {
    InputStream wrong = new ByteArrayInputStream(new byte[1000]);
    RegistryException e =
        assertThrows(
            RegistryException.class,
            () -> registry.pushBlob(name, story.layer().descriptor(), wrong));
    assertEquals(List.of("DIGEST_INVALID"), e.codes());
  }

  @Test
  void pushManifest_beforeItsBlobs_isRefusedByTheRegistry() {
    RegistryException e =
        assertThrows(
            RegistryException.class,
            () -> registry.pushManifest(name, MediaType.OCI_MANIFEST, story.manifest().bytes()));
    assertEquals(List.of("MANIFEST_BLOB_UNKNOWN"), e.codes());
    ImageReference wrong = name.withDigest(Digest.sha256(new byte[0]));
    assertThrows(
        ContentException.class,
        () -> registry.pushManifest(wrong, MediaType.OCI_MANIFEST, story.manifest().bytes()));
  }

  @Test
  void unreachable_saysWhichAndWhatToDo() {
    server.close();
    RegistryException e =
        assertThrows(
            RegistryException.class,
            () -> registry.resolve(name),
            () -> server.requests().toString());
    assertEquals(0, e.status());
    assertTrue(e.toString().contains(server.address() + " cannot be reached"), e.toString());
  }

  @Test
  void warnings_areHandedOn() {
    List<String> heard = new ArrayList<>();
    try (HttpRegistry warned = Story.client().warnings(heard::add).build()) {
      server.fail("HEAD .*", 1, Fault.respond(404, Map.of("Warning", "299 - \"soon gone\"")));
      assertEquals(Optional.empty(), warned.resolve(name));
    }
    assertEquals(List.of("registry " + server.address() + ": - \"soon gone\""), heard);
  }
}
