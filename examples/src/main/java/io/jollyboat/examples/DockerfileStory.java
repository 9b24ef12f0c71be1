package io.jollyboat.examples;

import io.jollyboat.Container;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.Image;
import io.jollyboat.StoredImage;
import io.jollyboat.Wait;
import io.jollyboat.dockerfile.Dockerfile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A base image from a registry and a Dockerfile: pulled, built, run, fetched, stopped, built again.
 */
final class DockerfileStory {
  private static final String NAME = "demo:latest";

  private final Engine engine;
  private final Screen screen;

  DockerfileStory(Engine engine, Screen screen) {
    this.engine = engine;
    this.screen = screen;
  }

  /**
   * Plays it.
   *
   * @param base pulled first, so that it is there under its name
   * @param dockerfile its directory is the context
   */
  void play(String base, Path dockerfile) throws Exception {
    StoredImage pulled = screen.timed("Pull the base", () -> engine.pull(base));
    Dockerfile text = Dockerfile.parse(dockerfile);
    text.warnings().forEach(warning -> screen.say("[Warning] " + warning));
    Image image = Image.of(text);
    nameBase(image, pulled);
    Path context = Optional.ofNullable(dockerfile.toAbsolutePath().getParent()).orElseThrow();
    StoredImage built =
        screen.timed("Build", () -> engine.build(image, build -> build.context(context).tag(NAME)));
    screen.timed(
        "List images",
        () -> {
          ImageTable.print(engine, screen.out());
          return NAME;
        });
    run(built);
    screen.timed(
        "Build again from cache",
        () -> engine.build(image, build -> build.context(context).tag(NAME)));
  }

  /** A FROM line that names the base without its registry means the one that was pulled. */
  private void nameBase(Image image, StoredImage pulled) {
    if (image.base() instanceof Image.Base.Reference reference && reference.name().isLiteral()) {
      String name = reference.name().value();
      if (engine.images().find(name).isEmpty()) {
        engine.images().tag(pulled.id(), name);
      }
    }
  }

  private void run(StoredImage built) throws Exception {
    Optional<Integer> port =
        built.config().exposedPorts().stream()
            .filter(exposed -> !exposed.endsWith("/udp"))
            .map(exposed -> Integer.valueOf(exposed.replace("/tcp", "")))
            .findFirst();
    if (port.isEmpty()) {
      try (Container container = engine.run(NAME, run -> run)) {
        ExitStatus status = screen.timed("Run to its end", container::awaitExit);
        container.logs().lines().forEach(screen::say);
        screen.say("exit code " + status.code());
      }
      return;
    }
    int exposed = port.get();
    try (Container container =
        screen.timed(
            "Run until port " + exposed + " answers",
            () -> engine.run(NAME, run -> run.publish(exposed).readyWhen(Wait.forPort(exposed))))) {
      screen.timed(
          "Fetch the page",
          () -> {
            URI uri = URI.create("http://127.0.0.1:" + container.address(exposed).getPort() + "/");
            HttpRequest request = HttpRequest.newBuilder(uri).build();
            String page =
                HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                    .body();
            page.lines().limit(5).forEach(screen::say);
            return page;
          });
      screen.timed("Stop", container::stop);
    }
  }
}
