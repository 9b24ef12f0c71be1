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
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.registry.server.Fault;
import io.jollyboat.registry.server.RegistryServer;
import io.jollyboat.spi.ReferrersTag;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What refers to an image, tags, and deletion, at registries that know of it and others. */
class ReferrersTest {
  private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);
  private static final Descriptor EMPTY =
      Descriptor.of(MediaType.OCI_EMPTY, Digest.sha256(NOTHING), NOTHING.length);

  private final RegistryServer server = RegistryServer.start();
  private final RegistryServer older = RegistryServer.builder().withoutReferrers().start();
  private final HttpRegistry registry = Story.client().build();
  private final Story story = Story.small();

  @AfterEach
  void close() {
    registry.close();
    server.close();
    older.close();
  }

  private static ImageReference name(RegistryServer where) {
    return ImageReference.parse(where.address() + "/a/b:1");
  }

  private ImageReference subject(RegistryServer where) {
    return name(where).withDigest(story.manifest().digest());
  }

  private Manifest referrer(String kind) {
    return Manifest.builder(EMPTY)
        .artifactType(kind)
        .layers(List.of(EMPTY))
        .subject(story.manifest().descriptor())
        .annotations(Map.of("made.by", "a test"))
        .build();
  }

  private void pushAll(RegistryServer where) {
    story.push(registry, name(where));
    registry.pushBlob(name(where), EMPTY, new ByteArrayInputStream(NOTHING));
    for (String kind : List.of("test/one", "test/two")) {
      registry.attach(name(where), referrer(kind));
    }
  }

  private void assertBothAreListed(RegistryServer where) {
    List<Descriptor> found = registry.referrers(subject(where));
    assertEquals(2, found.size());
    Descriptor first =
        found.stream()
            .filter(d -> d.artifactType().equals(Optional.of("test/one")))
            .findFirst()
            .orElseThrow();
    assertEquals(referrer("test/one").digest(), first.digest());
    assertEquals(Map.of("made.by", "a test"), first.annotations());
    assertArrayEquals(
        referrer("test/one").bytes(), registry.manifest(name(where).withTag("x"), first));
  }

  @Test
  void referrers_whereTheRegistryKeepsTrack_areItsOwn() {
    pushAll(server);
    assertBothAreListed(server);
    assertEquals(List.of("1"), registry.tags(name(server)));
  }

  @Test
  void referrers_whereItDoesNot_areUnderTheTagOfTheSchema() {
    pushAll(older);
    assertBothAreListed(older);
    String tag = ReferrersTag.of(subject(older)).tag().orElseThrow();
    assertEquals("sha256-" + story.manifest().digest().hex(), tag);
    assertEquals(List.of("1", tag), registry.tags(name(older)));
  }

  @Test
  void attach_twice_isListedOnce() {
    pushAll(older);
    registry.attach(name(older), referrer("test/one"));
    assertBothAreListed(older);
  }

  @Test
  void referrers_ofWhatNobodyRefersTo_areNone() {
    story.push(registry, name(server));
    story.push(registry, name(older));
    assertEquals(List.of(), registry.referrers(subject(server)));
    assertEquals(List.of(), registry.referrers(subject(older)));
    assertThrows(IllegalArgumentException.class, () -> ReferrersTag.list(registry, name(server)));
  }

  @Test
  void tags_inPages_areAllListed() {
    story.push(registry, name(server));
    for (int i = 0; i < 5; i++) {
      Digest unused =
          registry.pushManifest(
              name(server).withTag("t" + i), MediaType.OCI_MANIFEST, story.manifest().bytes());
    }
    String last = "</v2/a/b/tags/list?n=2&last=%s>; rel=\"next\"";
    assertEquals(List.of("1", "t0", "t1", "t2", "t3", "t4"), registry.tags(name(server)));
    // A first page that has nothing but the address of the next.
    server.fail("GET .*/tags/list", 1, Fault.respond(200, Map.of("Link", last.formatted("t1"))));
    assertEquals(List.of("t2", "t3", "t4"), registry.tags(name(server)));
  }

  @Test
  void tags_ofNoSuchRepository_areNone() {
    assertEquals(List.of(), registry.tags(ImageReference.parse(server.address() + "/none")));
  }

  @Test
  void tags_withoutEnd_areGivenUp() {
    story.push(registry, name(server));
    String again = "</v2/a/b/tags/list>; rel=\"next\"";
    server.fail("GET .*/tags/list", 2000, Fault.respond(200, Map.of("Link", again)));
    RegistryException e = assertThrows(RegistryException.class, () -> registry.tags(name(server)));
    assertTrue(e.toString().contains("does not end"), e.toString());
  }

  @Test
  void delete_ofATag_leavesTheManifest() {
    story.push(registry, name(server));
    assertTrue(registry.delete(name(server)));
    assertFalse(registry.delete(name(server)));
    assertEquals(Optional.empty(), registry.resolve(name(server)));
    assertTrue(registry.resolve(subject(server)).isPresent());
    assertTrue(registry.delete(subject(server)));
    assertEquals(Optional.empty(), registry.resolve(subject(server)));
  }

  @Test
  void delete_whereItIsNotAllowed_saysSo() {
    server.fail("DELETE .*", 1, Fault.respond(405, Map.of()));
    RegistryException e =
        assertThrows(RegistryException.class, () -> registry.delete(name(server)));
    assertEquals(405, e.status());
  }

  private void pages(String path, Fault second) {
    String next = "</v2/a/b/" + path + "?page=2>; rel=\"next\"";
    Map<String, String> headers = Map.of("Link", next, "Content-Type", MediaType.OCI_INDEX);
    server.fail("GET .*/" + path, 1, Fault.respond(200, headers));
    server.fail("GET .*page=2", 9, second);
  }

  @Test
  void list_whoseSecondPageFails_isNoShorterList() {
    pushAll(server);
    pages("tags/list", Fault.respond(404, Map.of()));
    RegistryException tags =
        assertThrows(RegistryException.class, () -> registry.tags(name(server)));
    assertEquals(404, tags.status());
    server.forgetFaults();
    pages("tags/list", Fault.document("text/plain", new byte[] {'x'}));
    RegistryException page =
        assertThrows(RegistryException.class, () -> registry.tags(name(server)));
    assertTrue(page.toString().contains("answered wrongly"), page.toString());
  }

  @Test
  void referrers_whoseSecondPageFails_areNotNone() {
    pushAll(server);
    String path = "referrers/" + story.manifest().digest();
    byte[] empty = "{\"manifests\":[]}".getBytes(StandardCharsets.UTF_8);
    server.fail("GET .*/" + path, 1, Fault.document(MediaType.OCI_INDEX, empty));
    assertEquals(List.of(), registry.referrers(subject(server)));
    server.fail("GET .*/" + path, 1, Fault.document(MediaType.OCI_INDEX, new byte[] {'x'}));
    RegistryException malformed =
        assertThrows(RegistryException.class, () -> registry.referrers(subject(server)));
    assertTrue(malformed.toString().contains("answered wrongly"), malformed.toString());
  }

  @Test
  void referrers_underATagThatIsMalformed_areAContentError() {
    story.push(registry, name(older));
    older.fail(
        ".*/manifests/sha256[-:].*", 9, Fault.document(MediaType.OCI_INDEX, new byte[] {'x'}));
    assertThrows(ContentException.class, () -> registry.referrers(subject(older)));
  }
}
