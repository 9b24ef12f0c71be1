package io.jollyboat.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;

import io.jollyboat.Container;
import io.jollyboat.ContainerProcess;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExecSpec;
import io.jollyboat.Image;
import io.jollyboat.NetworkMode;
import io.jollyboat.Output;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.dockerfile.RunMount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What the users of {@link UserFilesIT} do with containers' files, and ask of them otherwise. */
final class UserFilesStory {
  private static final String CHANGE =
      "echo x > /made; chown 33:44 /made 2>/dev/null; rm /bin/vi; mkdir /d; echo y > /d/y;";

  private final Engine engine;
  private final String registry;

  private UserFilesStory(Engine engine, String registry) {
    this.engine = engine;
    this.registry = registry;
  }

  /**
   * @param words the registry, then as {@link Story#tell} takes them
   */
  public static void main(String[] words) {
    Story.tell(
        Arrays.copyOfRange(words, 1, words.length),
        engine -> new UserFilesStory(engine, words[0]).topics());
  }

  private Map<String, Story.Topic> topics() {
    return Map.ofEntries(
        entry("copied", this::copied),
        entry("stopped", this::stopped),
        entry("diff", this::diff),
        entry("commit", this::commit),
        entry("commit-pausing", () -> asked(Container::commit)),
        entry("export", this::export),
        entry("step", this::step),
        entry("outputs", this::outputs),
        entry("bind", this::bind),
        entry("terminal", this::terminal),
        entry("terminal-exec", this::terminalExec),
        entry("top", this::top),
        entry("root-size", () -> start(spec -> spec.rootSize(Size.mib(16)))),
        entry(
            "bandwidth",
            () ->
                start(
                    spec ->
                        spec.network(NetworkMode.BRIDGE)
                            .resources(own -> own.bandwidthIn(Size.mib(1))))),
        entry("pause", () -> asked(Container::pause)),
        entry("stats", () -> asked(Container::stats)),
        entry("update", () -> asked(running -> running.update(own -> own.pids(5)))));
  }

  private ContainerSpec busybox(String script) {
    return ContainerSpec.of(registry + "/busybox:latest")
        .network(NetworkMode.NONE)
        .command("sh", "-c", script);
  }

  private Container running() {
    Container container = engine.run(busybox("exec sleep 1000"));
    container.exec("sh", "-c", CHANGE);
    return container;
  }

  /** To and from a container that runs, by the engine's process outside of its namespaces. */
  private String copied() throws IOException {
    try (Container container = running()) {
      return copies(container) + container.exec("sh", "-c", "ls -ln /in/own").out();
    }
  }

  /** What was built, as one layer, in a directory, and its sizes and packages. */
  private String outputs() throws IOException {
    Path place = Files.createTempDirectory("outputs");
    Path directory = place.resolve("files");
    Image image =
        Image.from(registry + "/busybox:latest")
            .run(CHANGE)
            .run("rm /made; mkdir -p /n/node_modules/a")
            .run("echo '{\"name\":\"a\",\"version\":\"1\"}' > /n/node_modules/a/package.json")
            .squash();
    StoredImage made =
        engine.build(
            image,
            spec ->
                spec.output(Output.directory(directory))
                    .output(Output.tar(place.resolve("root.tar"))));
    String id = made.id().toString();
    return Files.readString(directory.resolve("d/y")).strip()
        + " "
        + Files.exists(directory.resolve("made"))
        + " "
        + (Files.size(place.resolve("root.tar")) > 0)
        + " "
        + engine.images().sizes(id).layers().size()
        + " "
        + engine.images().packages(id).packages().get(0).purl("");
  }

  /** Java code in a build, on files of other owners. */
  private String step() {
    Image image =
        Image.from(registry + "/busybox:latest")
            .run(CHANGE)
            .step(
                "edit",
                files -> {
                  files.delete("/d");
                  files.write("/made", "more");
                  files.owner("/etc/passwd", "55:66");
                  files.mode("/etc/passwd", 0604);
                });
    StoredImage made = engine.build(image);
    String look =
        "exec 2>&1; ls -d /d; cat /made; stat -c ' %u:%g' /made; stat -c '%u:%g %a' /etc/passwd";
    try (Container container =
        engine.run(
            ContainerSpec.of(made.id()).network(NetworkMode.NONE).command("sh", "-c", look))) {
      container.awaitExit();
      return container.logs();
    }
  }

  /** What a command of a build is shown of the context and of a stage. */
  private String bind() throws IOException {
    Path context = Files.createTempDirectory("context");
    Files.writeString(context.resolve("file"), "x");
    Image stage = Image.from(registry + "/busybox:latest").run(CHANGE).run("rm /d/y");
    Image image =
        Image.from(registry + "/busybox:latest")
            .using("stage", stage)
            .with(
                Run.shell(
                        "{ stat -c %u:%g /c/file; touch /c/x; ls -d /s/d /s/d/y; } > /made 2>&1;"
                            + " true")
                    .mount(RunMount.bind("/c"))
                    .mount(RunMount.bind("/s").from("stage")));
    StoredImage made = engine.build(image, build -> build.context(context));
    try (Container container =
        engine.run(ContainerSpec.of(made.id()).network(NetworkMode.NONE).command("cat", "/made"))) {
      container.awaitExit();
      return container.logs();
    }
  }

  private String stopped() throws IOException {
    try (Container container = engine.run(busybox(CHANGE))) {
      container.awaitExit();
      return copies(container);
    }
  }

  private static String copies(Container container) throws IOException {
    Path here = Files.createTempDirectory("files");
    Path own = Files.createDirectory(here.resolve("own"));
    Files.writeString(own.resolve("text"), "from outside\n");
    container.copyTo(own, "/in");
    container.copyTo(own, "/in");
    Path back = here.resolve("back");
    container.copyFrom("/in", back);
    container.copyFrom("/made", here.resolve("made"));
    String names = Tars.names(container.copyFrom("/d")).toString();
    return Files.readString(back.resolve("own/text"))
        + Files.readString(here.resolve("made"))
        + names
        + "\n";
  }

  private String diff() {
    try (Container container = running()) {
      return container.diff().stream().map(Object::toString).collect(Collectors.joining(" "));
    }
  }

  private String commit() {
    StoredImage image;
    try (Container container = running()) {
      image = container.commit(options -> options.tag("committed:latest").withoutPause());
    }
    ContainerSpec spec =
        ContainerSpec.of(image.id())
            .network(NetworkMode.NONE)
            .command("sh", "-c", "stat -c '%n %u:%g' /made; ls /bin/vi 2>&1; cat /d/y");
    try (Container container = engine.run(spec)) {
      container.awaitExit();
      return container.logs();
    }
  }

  private String export() throws IOException {
    try (Container container = running()) {
      List<String> names = Tars.names(container.export());
      return names.contains("made") + " " + names.contains("d/y") + " " + names.contains("bin/vi");
    }
  }

  private String terminal() {
    try (Container container = engine.run(busybox("tty; stty size; ls -ln $(tty)").tty())) {
      container.awaitExit();
      return container.logs().replace("\r", "").replaceAll(" +", " ");
    }
  }

  private String terminalExec() throws IOException {
    try (Container container = running()) {
      ContainerProcess process =
          container.exec(ExecSpec.of("sh", "-c", "tty; stty size").tty(30, 100));
      try (InputStream out = process.getInputStream()) {
        return new String(out.readAllBytes(), UTF_8).replace("\r", "");
      }
    }
  }

  private String top() {
    try (Container container = running()) {
      return container.top().stream().map(Object::toString).collect(Collectors.joining(" "));
    }
  }

  private String start(java.util.function.UnaryOperator<ContainerSpec> options) {
    try (Container container = engine.run(options.apply(busybox("echo started")))) {
      container.awaitExit();
      return container.logs();
    }
  }

  private String asked(Consumer<Container> question) {
    try (Container container = running()) {
      question.accept(container);
      return "done";
    }
  }
}
