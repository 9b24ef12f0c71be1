package io.jollyboat.examples;

import io.jollyboat.Container;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.Pushed;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.Wait;
import io.jollyboat.registry.server.RegistryServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** A web service written in one Java file: built, run, fetched, stopped, built again. */
final class WebStory {
  private static final String NAME = "helloworld:latest";

  private final Engine engine;
  private final Screen screen;

  WebStory(Engine engine, Screen screen) {
    this.engine = engine;
    this.screen = screen;
  }

  void play() throws Exception {
    Image web = recipe();
    screen.timed("Build in seven steps", () -> engine.build(web, build -> build.tag(NAME)));
    screen.timed(
        "List images and the steps between",
        () -> {
          ImageTable.printWithSteps(engine, screen.out());
          return NAME;
        });
    try (Container container = screen.timed("Run until the port answers", this::run)) {
      screen.timed("Fetch the page", () -> fetch(container.address(3000)));
      screen.timed("List its processes", () -> processes(container));
      screen.timed("Stop", () -> stop(container));
    }
    screen.timed("Build again from cache", () -> engine.build(web, build -> build.tag(NAME)));
    throughRegistry();
  }

  private static Image recipe() throws IOException {
    byte[] source;
    try (InputStream in = WebStory.class.getResourceAsStream("Web.java.txt")) {
      if (in == null) {
        throw new IOException("Web.java.txt is missing beside " + WebStory.class.getName());
      }
      source = in.readAllBytes();
    }
    return Image.host()
        .workdir("/opt/helloworld")
        .files(FileSet.empty().bytes(source, "/opt/helloworld/Web.java"))
        .run("javac -d . Web.java && ls")
        .env("JAVA_TOOL_OPTIONS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto")
        .expose(3000)
        .cmd("java", "-cp", "/opt/helloworld", "Web");
  }

  private Container run() {
    return engine.run(
        NAME, run -> run.publish(3000).memory(Size.mib(512)).cpus(1).readyWhen(Wait.forPort(3000)));
  }

  private String fetch(InetSocketAddress address) throws Exception {
    URI uri =
        URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort());
    HttpRequest request = HttpRequest.newBuilder(uri).build();
    String page =
        HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .body();
    screen.say("GET " + uri);
    screen.say(page.strip());
    return page;
  }

  private String processes(Container container) {
    String list = container.exec("ps", "-eo", "pid,user,comm").out();
    list.lines().forEach(screen::say);
    return list;
  }

  private ExitStatus stop(Container container) {
    ExitStatus status = container.stop();
    screen.say("exit code " + status.code());
    return status;
  }

  private void throughRegistry() throws Exception {
    Image data =
        Image.scratch()
            .files(
                FileSet.empty().bytes("sealed\n".getBytes(StandardCharsets.UTF_8), "/message.txt"))
            .label("purpose", "to travel");
    try (RegistryServer registry = RegistryServer.start()) {
      String name = registry.address() + "/message:1";
      StoredImage built =
          screen.timed("Build from scratch", () -> engine.build(data, build -> build.tag(name)));
      Pushed pushed = screen.timed("Push to a registry in this process", () -> engine.push(name));
      engine.images().remove(name);
      StoredImage pulled =
          screen.timed(
              "Pull it back by digest",
              () -> engine.pull(registry.address() + "/message@" + pushed.digest()));
      screen.say(
          pulled.id().equals(built.id())
              ? "the same image came back: " + pulled.id().shortHex()
              : "another image came back: " + pulled.id() + " for " + built.id());
    }
  }
}
