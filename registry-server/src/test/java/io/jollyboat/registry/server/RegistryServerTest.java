package io.jollyboat.registry.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryServerTest {
  private static final byte[] BLOB = "hello blob".getBytes(StandardCharsets.UTF_8);
  private static final Digest DIGEST = Digest.sha256(BLOB);

  private final HttpClient client = HttpClient.newHttpClient();
  private RegistryServer server = RegistryServer.start();

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    var request =
        java.net.http.HttpRequest.newBuilder(URI.create("http://" + server.address()).resolve(path))
            .method(method, BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, new byte[0], headers);
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElseThrow();
  }

  private void pushBlob(String repository) throws IOException, InterruptedException {
    String path = "/v2/" + repository + "/blobs/uploads/?digest=" + DIGEST;
    assertEquals(201, send("POST", path, BLOB).statusCode());
  }

  private Manifest pushManifest(String repository, String tag)
      throws IOException, InterruptedException {
    Descriptor blob = Descriptor.of(MediaType.OCI_LAYER, DIGEST, BLOB.length);
    Manifest manifest = Manifest.of(blob.withMediaType(MediaType.OCI_CONFIG), List.of(blob));
    var response =
        send(
            "PUT",
            "/v2/" + repository + "/manifests/" + tag,
            manifest.bytes(),
            "Content-Type",
            MediaType.OCI_MANIFEST);
    assertEquals(201, response.statusCode());
    assertEquals(manifest.digest().toString(), header(response, "Docker-Content-Digest"));
    return manifest;
  }

  @Test
  void blob_pushedInOneRequest_isServedWithRanges() throws Exception {
    pushBlob("a/b");
    String path = "/v2/a/b/blobs/" + DIGEST;
    assertArrayEquals(BLOB, get(path).body());
    HttpResponse<byte[]> part = get(path, "Range", "bytes=6-");
    assertEquals(206, part.statusCode());
    assertEquals("bytes 6-9/10", header(part, "Content-Range"));
    assertEquals("blob", new String(part.body(), StandardCharsets.UTF_8));
    assertEquals(416, get(path, "Range", "bytes=10-").statusCode());
    assertEquals("10", header(send("HEAD", path, new byte[0]), "Content-Length"));
    assertEquals(404, get("/v2/other/blobs/" + DIGEST).statusCode());
  }

  @Test
  void blob_pushedInChunks_needsStateAndOrder() throws Exception {
    HttpResponse<byte[]> start = send("POST", "/v2/x/blobs/uploads/", new byte[0]);
    assertEquals(202, start.statusCode());
    String session = header(start, "Location");
    String withoutState = session.substring(0, session.indexOf('?'));
    assertEquals(400, send("PATCH", withoutState, BLOB).statusCode());
    byte[] first = "hello ".getBytes(StandardCharsets.UTF_8);
    byte[] second = "blob".getBytes(StandardCharsets.UTF_8);
    assertEquals(202, send("PATCH", session, first, "Content-Range", "0-5").statusCode());
    assertEquals(416, send("PATCH", session, second, "Content-Range", "0-3").statusCode());
    assertEquals("0-5", header(get(session), "Range"));
    assertEquals(202, send("PATCH", session, second, "Content-Range", "6-9").statusCode());
    assertEquals(201, send("PUT", session + "&digest=" + DIGEST, new byte[0]).statusCode());
    assertArrayEquals(BLOB, get("/v2/x/blobs/" + DIGEST).body());
  }

  @Test
  void blob_withWrongDigest_isRefused() throws Exception {
    byte[] other = "other".getBytes(StandardCharsets.UTF_8);
    String path = "/v2/x/blobs/uploads/?digest=" + DIGEST;
    HttpResponse<byte[]> response = send("POST", path, other);
    assertEquals(400, response.statusCode());
    assertTrue(new String(response.body(), StandardCharsets.UTF_8).contains("DIGEST_INVALID"));
  }

  @Test
  void blob_mounted_isInBoth() throws Exception {
    pushBlob("from");
    String mount = "/v2/to/blobs/uploads/?mount=" + DIGEST + "&from=";
    assertEquals(202, send("POST", mount + "nowhere", new byte[0]).statusCode());
    assertEquals(201, send("POST", mount + "from", new byte[0]).statusCode());
    assertArrayEquals(BLOB, get("/v2/to/blobs/" + DIGEST).body());
  }

  @Test
  void manifest_ofMissingBlobs_isRefused() throws Exception {
    Descriptor blob = Descriptor.of(MediaType.OCI_CONFIG, DIGEST, 1);
    byte[] manifest = Manifest.of(blob, List.of()).bytes();
    HttpResponse<byte[]> response =
        send("PUT", "/v2/x/manifests/1", manifest, "Content-Type", MediaType.OCI_MANIFEST);
    assertEquals(400, response.statusCode());
    assertEquals(400, send("PUT", "/v2/x/manifests/1", BLOB).statusCode());
  }

  @Test
  void manifest_pushed_isListedServedAndDeleted() throws Exception {
    pushBlob("x");
    Manifest manifest = pushManifest("x", "1");
    pushManifest("x", "2");
    HttpResponse<byte[]> byTag = get("/v2/x/manifests/1");
    assertArrayEquals(manifest.bytes(), byTag.body());
    assertEquals(MediaType.OCI_MANIFEST, header(byTag, "Content-Type"));
    assertArrayEquals(manifest.bytes(), get("/v2/x/manifests/" + manifest.digest()).body());
    assertEquals(
        "{\"name\":\"x\",\"tags\":[\"1\"]}",
        new String(get("/v2/x/tags/list?n=1").body(), StandardCharsets.UTF_8));
    assertEquals(
        "</v2/x/tags/list?n=1&last=1>; rel=\"next\"", header(get("/v2/x/tags/list?n=1"), "Link"));
    assertEquals(
        "{\"repositories\":[\"x\"]}",
        new String(get("/v2/_catalog").body(), StandardCharsets.UTF_8));
    assertEquals(202, send("DELETE", "/v2/x/manifests/1", new byte[0]).statusCode());
    assertEquals(404, get("/v2/x/manifests/1").statusCode());
    assertEquals(200, get("/v2/x/manifests/2").statusCode());
    String byDigest = "/v2/x/manifests/" + manifest.digest();
    assertEquals(202, send("DELETE", byDigest, new byte[0]).statusCode());
    assertEquals(404, get("/v2/x/manifests/2").statusCode());
  }

  @Test
  void basicAuthentication_withoutPassword_challenges() throws Exception {
    server.close();
    server = RegistryServer.builder().basicAuthentication("u", "p").start();
    assertEquals("Basic realm=\"jollyboat\"", header(get("/v2/"), "WWW-Authenticate"));
    assertEquals(200, get("/v2/", "Authorization", basic("u", "p")).statusCode());
    assertEquals(401, get("/v2/", "Authorization", basic("u", "q")).statusCode());
  }

  @Test
  void tokenAuthentication_grantsOnlyWhatWasAskedFor() throws Exception {
    server.close();
    server = RegistryServer.builder().tokenAuthentication("u", "p", Duration.ofMinutes(1)).start();
    String challenge = header(get("/v2/x/manifests/1"), "WWW-Authenticate");
    assertTrue(challenge.contains("scope=\"repository:x:pull\""), challenge);
    String path = "/token?service=s&scope=repository:x:pull";
    String token = token(get(path, "Authorization", basic("u", "p")));
    assertEquals(404, get("/v2/x/manifests/1", "Authorization", "Bearer " + token).statusCode());
    assertEquals(401, get("/v2/y/manifests/1", "Authorization", "Bearer " + token).statusCode());
    assertEquals(401, get(path, "Authorization", basic("u", "q")).statusCode());
    String anonymous = token(get(path));
    assertEquals(
        401, get("/v2/x/manifests/1", "Authorization", "Bearer " + anonymous).statusCode());
  }

  private static String token(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8).split("\"")[3];
  }

  private static String basic(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  @Test
  void faults_spoilTheAnswers_asOftenAsTold() throws Exception {
    pushBlob("x");
    String path = "/v2/x/blobs/" + DIGEST;
    server.fail("GET .*/blobs/.*", 1, Fault.tooManyRequests(7));
    assertEquals("7", header(get(path), "Retry-After"));
    server.fail("GET .*/blobs/.*", 1, Fault.corrupt());
    assertEquals("hello bloc", new String(get(path).body(), StandardCharsets.UTF_8));
    server.fail("GET .*/blobs/.*", 1, Fault.truncate(3));
    assertThrows(IOException.class, () -> get(path));
    server.fail("POST .*/uploads/", 1, Fault.reset());
    assertThrows(IOException.class, () -> send("POST", "/v2/x/blobs/uploads/", new byte[0]));
    server.fail("GET .*/blobs/.*", 1, Fault.respond(307, Map.of("Location", "/elsewhere")));
    assertEquals("/elsewhere", header(get(path), "Location"));
    assertArrayEquals(BLOB, get(path).body());
  }

  @Test
  void requests_areRecorded() throws Exception {
    get("/v2/x/tags/list?n=5", "X-Test", "yes");
    RegistryServer.Request request = server.requests().get(0);
    assertEquals("GET /v2/x/tags/list?n=5 404", request.toString());
    assertEquals("yes", request.headers().get("x-test"));
    server.forgetRequests();
    assertTrue(server.requests().isEmpty());
  }

  @Test
  void directory_keepsBlobsAsFiles(@TempDir Path directory) throws Exception {
    server.close();
    server = RegistryServer.builder().directory(directory).start();
    pushBlob("x");
    Path file = directory.resolve("sha256").resolve(DIGEST.hex());
    assertArrayEquals(BLOB, Files.readAllBytes(file));
    assertArrayEquals(BLOB, get("/v2/x/blobs/" + DIGEST).body());
    byte[] wrong = new byte[] {1};
    assertEquals(400, send("POST", "/v2/x/blobs/uploads/?digest=" + DIGEST, wrong).statusCode());
    try (var files = Files.list(directory)) {
      assertEquals(
          List.of("repositories", "sha256"),
          files.map(each -> each.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void close_twice_isFine() {
    server.close();
    server.close();
    assertFalse(server.address().isEmpty());
  }

  @Test
  void directory_keepsEverythingForTheNextServer(@TempDir Path directory) throws Exception {
    server.close();
    server = RegistryServer.builder().directory(directory).start();
    pushBlob("a/b");
    Manifest manifest = pushManifest("a/b", "1");
    pushManifest("a/b", "2");
    assertEquals(202, send("DELETE", "/v2/a/b/manifests/2", new byte[0]).statusCode());
    server.close();
    server = RegistryServer.builder().directory(directory).start();
    assertArrayEquals(manifest.bytes(), get("/v2/a/b/manifests/1").body());
    assertEquals(MediaType.OCI_MANIFEST, header(get("/v2/a/b/manifests/1"), "Content-Type"));
    assertArrayEquals(BLOB, get("/v2/a/b/blobs/" + DIGEST).body());
    assertEquals(404, get("/v2/a/b/manifests/2").statusCode());
    assertEquals(
        202, send("DELETE", "/v2/a/b/manifests/" + manifest.digest(), new byte[0]).statusCode());
    server.close();
    server = RegistryServer.builder().directory(directory).start();
    assertEquals(404, get("/v2/a/b/manifests/1").statusCode());
  }

  @Test
  void slow_takesItsTime() throws Exception {
    pushBlob("a/b");
    server.fail("GET .*", 1, Fault.slow(100));
    long start = System.nanoTime();
    assertArrayEquals(BLOB, get("/v2/a/b/blobs/" + DIGEST).body());
    assertTrue(System.nanoTime() - start >= 90_000_000L, "ten bytes at a hundred a second");
  }

  @Test
  void resetAfterUpload_keepsWhatHadCome() throws Exception {
    var opened = send("POST", "/v2/a/b/blobs/uploads/", new byte[0]);
    String session = header(opened, "Location");
    server.fail("PATCH .*", 1, Fault.resetAfterUpload(4));
    assertThrows(IOException.class, () -> send("PATCH", session, BLOB));
    assertEquals("0-3", header(get(session), "Range"));
  }

  @Test
  void document_isTheAnswerWhateverWasAsked() throws Exception {
    server.fail("GET .*", 1, Fault.document("text/plain", BLOB));
    var answer = get("/v2/any/manifests/1");
    assertEquals("text/plain", header(answer, "Content-Type"));
    assertArrayEquals(BLOB, answer.body());
  }

  @Test
  void names_againstTheGrammar_areRefusedAndNothingIsWritten(@TempDir Path directory)
      throws Exception {
    server.close();
    server = RegistryServer.builder().directory(directory.resolve("inside")).start();
    byte[] index = "{\"schemaVersion\":2,\"manifests\":[]}".getBytes(StandardCharsets.UTF_8);
    for (String path :
        List.of(
            "/v2/%2e%2e/%2e%2e/x/manifests/t",
            "/v2/a//b/manifests/t",
            "/v2/A/manifests/t",
            "/v2/a/_tags/x/manifests/t",
            "/v2/" + "a".repeat(256) + "/manifests/t",
            "/v2/a/manifests/%2e%2e",
            "/v2/a/manifests/-t")) {
      assertEquals(
          400, send("PUT", path, index, "Content-Type", MediaType.OCI_INDEX).statusCode(), path);
    }
    try (var files = Files.walk(directory)) {
      assertEquals(0, files.filter(Files::isRegularFile).count());
    }
  }
}
