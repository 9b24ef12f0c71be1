package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.NetworkMode;
import io.jollyboat.Progress.Phase;
import io.jollyboat.Pushed;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.Wait;
import io.jollyboat.oci.Digest;
import io.jollyboat.test.Http;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RecordedProgress;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The story of a web service, from a Dockerfile to a page fetched from a container of another
 * store.
 */
@IntegrationTest
class WebServiceStoryIT {
  private static final String NAME = "helloworld:latest";
  private static final int STEPS = 7;

  @Test
  void webService_builtPushedPulledRun_answersAndLeavesNothing(
      RegistryProcess registry, @TempDir Path directory) throws IOException {
    Path context = HelloWorld.context(directory);
    String remote = registry.reference("story/helloworld:1");
    Pushed pushed;
    StoredImage built;
    try (TestStore store = TestStore.with(registry, TestImages.NODE);
        Engine engine = store.open()) {
      built = buildBothWays(engine, context);
      listsEveryStep(engine, built);
      certificatesLeaveNoTrace(store, context, built);
      engine.images().tag(built.id(), remote);
      pushed = pushSendsOnlyWhatIsNew(engine, remote, built);
    }
    try (TestStore other = TestStore.empty();
        Engine engine = other.open()) {
      pullsByTagAndByDigest(engine, registry, remote, pushed, built);
      runsAndAnswers(engine, remote);
      assertEquals(List.of(), engine.containers().list());
    }
  }

  private static StoredImage buildBothWays(Engine engine, Path context) {
    RecordedProgress first = new RecordedProgress();
    StoredImage fromText =
        engine.build(
            HelloWorld.text(context), build -> build.context(context).tag(NAME).progress(first));
    assertEquals(STEPS, first.finished().size());
    assertEquals(2, first.containers(), "two steps run a command");

    RecordedProgress second = new RecordedProgress();
    StoredImage fromJava =
        engine.build(HelloWorld.java(), build -> build.context(context).progress(second));
    assertEquals(fromText.id(), fromJava.id());
    assertAllHits(second);
    return fromText;
  }

  private static void assertAllHits(RecordedProgress progress) {
    List<String> run =
        progress.executed().stream().filter(text -> !text.startsWith("FROM")).toList();
    assertEquals(List.of(), run);
    assertEquals(0, progress.containers());
  }

  private static void listsEveryStep(Engine engine, StoredImage built) {
    List<StoredImage> named = engine.images().list();
    assertTrue(named.stream().anyMatch(image -> image.id().equals(built.id())), named.toString());
    assertTrue(named.stream().noneMatch(StoredImage::intermediate));

    List<StoredImage> all = engine.images().listAll();
    assertTrue(all.size() >= STEPS, "one image per step, not " + all.size());
    Instant now = Instant.now();
    for (StoredImage image : all) {
      assertTrue(image.size().bytes() > 0, image.id() + " has a size");
      assertFalse(image.created().isAfter(now), image.id() + " has an age");
    }
    assertEquals(all.size(), all.stream().map(StoredImage::id).distinct().count());
  }

  /** What the engine trusts is in no layer, in no configuration and in no key. */
  private static void certificatesLeaveNoTrace(TestStore store, Path context, StoredImage built) {
    String config = new String(built.config().bytes(), StandardCharsets.UTF_8);
    assertFalse(
        config.contains("_CERT") || config.contains("cafile") || config.contains("CAINFO"), config);

    String bundle = "sha256sum " + TestStore.MACHINE_CERTIFICATES + " && env";
    try (Engine engine = store.builder().open()) {
      RecordedProgress progress = new RecordedProgress();
      assertEquals(
          built.id(),
          engine.build(HelloWorld.java(), build -> build.context(context).progress(progress)).id());
      assertAllHits(progress);
      assertEquals(digest(engine, TestImages.NODE, bundle), digest(engine, NAME, bundle));
      assertFalse(Result.sh(engine, spec(NAME), "env").contains("NODE_EXTRA_CA_CERTS"));
    }
    try (Engine engine = store.open()) {
      assertTrue(Result.sh(engine, spec(NAME), "env").contains("NODE_EXTRA_CA_CERTS="));
      assertTrue(Result.sh(engine, spec(NAME), "env").contains("npm_config_cafile="));
      assertNotEquals("", Result.sh(engine, spec(NAME), "cat $SSL_CERT_FILE"));
    }
  }

  private static String digest(Engine engine, String image, String script) {
    return Result.sh(engine, spec(image), script).lines().findFirst().orElseThrow();
  }

  private static ContainerSpec spec(String image) {
    return ContainerSpec.of(image).network(NetworkMode.NONE);
  }

  private static Pushed pushSendsOnlyWhatIsNew(Engine engine, String remote, StoredImage built) {
    RecordedProgress progress = new RecordedProgress();
    Pushed pushed = engine.push(remote, push -> push.progress(progress));
    Set<Digest> spared = union(progress.layers(Phase.MOUNTED), progress.layers(Phase.PRESENT));
    assertEquals(2, spared.size(), "the layers of the base are not sent");
    assertEquals(layersSent(built), progress.layers(Phase.PUSHING).size());
    assertEquals(1, progress.ended().size());
    assertTrue(
        progress.ended().get(0).startsWith(pushed.digest().toString()),
        progress.ended().toString());

    RecordedProgress again = new RecordedProgress();
    assertEquals(pushed.digest(), engine.push(remote, push -> push.progress(again)).digest());
    assertEquals(Set.of(), again.layers(Phase.PUSHING));
    return pushed;
  }

  private static int layersSent(StoredImage built) {
    return (int) built.config().diffIds().stream().distinct().count() - 2;
  }

  private static Set<Digest> union(Set<Digest> one, Set<Digest> other) {
    return Stream.concat(one.stream(), other.stream()).collect(Collectors.toSet());
  }

  private static void pullsByTagAndByDigest(
      Engine engine, RegistryProcess registry, String remote, Pushed pushed, StoredImage built) {
    RecordedProgress progress = new RecordedProgress();
    StoredImage byTag = engine.pull(remote, pull -> pull.progress(progress));
    assertEquals(built.id(), byTag.id());
    assertEquals(built.config().diffIds(), byTag.config().diffIds());
    for (Phase phase : List.of(Phase.DOWNLOADING, Phase.VERIFYING, Phase.EXTRACTING, Phase.DONE)) {
      assertEquals(layersSent(built) + 2, progress.layers(phase).size(), phase.toString());
    }
    RecordedProgress again = new RecordedProgress();
    String digest = registry.reference("story/helloworld@" + pushed.digest());
    assertEquals(built.id(), engine.pull(digest, pull -> pull.progress(again)).id());
    assertEquals(Set.of(), again.layers(Phase.DOWNLOADING));
  }

  private static void runsAndAnswers(Engine engine, String remote) {
    UnaryOperator<ContainerSpec> options =
        run ->
            run.publish(3000).memory(Size.mib(512)).readyWhen(Wait.forHttp(3000, "/")).name("web");
    try (Container web = engine.run(remote, options)) {
      String page = Http.get(web.address(3000), "/greeting");
      assertTrue(page.startsWith("HTTP/1.1 200") && page.contains("for 1 minute"), page);
      web.await(Wait.forLog("GET /greeting").within(Duration.ofSeconds(5)));
      assertTrue(web.logs().contains("listening on 3000"), web.logs());
      assertEquals("web", engine.containers().list().get(0).name());

      String first = web.exec("cat", "/proc/1/cmdline").out().replace('\0', ' ');
      assertTrue(first.contains("npm"), first);
      assertNotEquals(ownNamespace("pid"), web.exec("readlink", "/proc/1/ns/pid").out().strip());

      ExitStatus status = web.stop();
      assertFalse(web.running());
      assertTrue(status.ran().compareTo(Duration.ZERO) > 0, status.toString());
      assertTrue(web.logs().contains("GET /greeting"), "the log outlives the process");
    }
  }

  private static String ownNamespace(String kind) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns", kind)).toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
