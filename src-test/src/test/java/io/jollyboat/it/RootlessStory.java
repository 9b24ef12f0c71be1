package io.jollyboat.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.NamespaceMode;
import io.jollyboat.NetworkMode;
import io.jollyboat.Probe;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.Wait;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the ordinary user of {@link RootlessIT} does, in a Java process of his own. Every line that
 * it prints is {@code topic: what came of it}.
 */
final class RootlessStory {
  private final Engine engine;
  private final String registry;

  private RootlessStory(Engine engine, String registry) {
    this.engine = engine;
    this.registry = registry;
  }

  private interface Topic {
    String tell() throws IOException;
  }

  /**
   * @param words the engine's root or "-" for the usual one, the registry, then topics
   */
  public static void main(String[] words) {
    try (Engine engine = opened(words[0])) {
      RootlessStory story = new RootlessStory(engine, words[1]);
      for (String topic : List.of(words).subList(2, words.length)) {
        System.out.println(topic + ": " + told(story.topic(topic)));
      }
    }
    System.out.println("closed: yes");
  }

  private static Engine opened(String root) {
    return root.equals("-") ? Engine.open() : Engine.builder().root(Path.of(root)).open();
  }

  private static String told(Topic topic) {
    try {
      return topic.tell().strip().replace("\n", " | ");
    } catch (RuntimeException | IOException e) { // of the test's own too: the next topic goes on
      return e.toString().replace("\n", " | ");
    }
  }

  private Topic topic(String name) {
    return switch (name) {
      case "who" -> () -> host("id -u; id -g; wc -l < /proc/self/uid_map");
      case "owners" -> this::owners;
      case "build" -> this::build;
      case "cached" -> this::build;
      case "single" -> this::buildWithoutOwners;
      case "exec" -> this::exec;
      case "user" -> this::otherUser;
      case "limits" -> this::limits;
      case "push" -> this::push;
      case "files" -> this::files;
      case "sandbox" -> this::sandbox;
      case "hostnet" -> this::hostNetwork;
      case "shared" -> this::sharedNamespaces;
      case "published" -> this::published;
      case "outbound" -> this::outbound;
      case "probe" -> RootlessStory::probe;
      case "linger" -> this::linger;
      case "containers" -> () -> engine.containers().list().size() + " left";
      default -> throw new IllegalArgumentException(name);
    };
  }

  private String run(ContainerSpec spec) {
    try (Container container = engine.run(spec)) {
      int code = container.awaitExit().code();
      return (code == 0 ? "" : "exit " + code + " ") + container.logs();
    }
  }

  private String host(String script) {
    return run(
        ContainerSpec.of(Image.host()).network(NetworkMode.NONE).command("sh", "-c", script));
  }

  private String shell(String image, String script) {
    return run(ContainerSpec.of(image).network(NetworkMode.NONE).command("sh", "-c", script));
  }

  /** Files of an image that belong to others than its root. */
  private String owners() {
    return shell(
        registry + "/debian:minimal",
        "stat -c '%n %u:%g %a' /etc/shadow /usr/bin/chage /var/mail /tmp; ls -ln /usr | wc -l");
  }

  static Image recipe(String registry) {
    return Image.from(registry + "/busybox:latest")
        .run("mkdir /d && echo x > /d/f && chown -R 33:44 /d && chmod 2750 /d && chmod 4711 /d/f")
        .run("rm /bin/vi; ln -s f /d/link; mkfifo /d/pipe; chown -h 7:8 /d/link")
        .run("rm -r /d && mkdir /d && echo y > /d/g && chown 5:6 /d/g")
        .files(
            FileSet.empty()
                .bytes("z".getBytes(StandardCharsets.UTF_8), "/home/app/z")
                .owner("1000:1000"));
  }

  private String build() {
    StoredImage image =
        engine.build(
            recipe(registry),
            build -> build.timestamp(Instant.ofEpochSecond(1_600_000_000)).tag("mine:latest"));
    return image.config().diffIds().stream().map(Object::toString).collect(Collectors.joining(" "));
  }

  /** Steps that give nothing to others, and a layer that does. */
  private String buildWithoutOwners() {
    Image image =
        Image.from(registry + "/busybox:latest")
            .run("rm /bin/vi; mkdir /d; mkfifo /d/pipe; ln -s pipe /d/link; echo x > /d/g")
            .files(
                FileSet.empty()
                    .bytes("z".getBytes(StandardCharsets.UTF_8), "/home/app/z")
                    .owner("1000:1000"));
    return engine.build(image, build -> build.tag("mine:latest")).id().toString();
  }

  private String push() {
    engine.images().tag(engine.images().find("mine:latest").orElseThrow().id(), registry + "/mine");
    return engine.push(registry + "/mine").digest().toString();
  }

  private String files() {
    return shell("mine:latest", "stat -c '%n %u:%g %a' /d /d/g /home/app/z; ls /bin/vi 2>&1");
  }

  private String exec() {
    List<String> said = new ArrayList<>();
    ContainerSpec spec =
        ContainerSpec.of(registry + "/busybox:latest")
            .network(NetworkMode.NONE)
            .command("sleep", "1000");
    try (Container container = engine.run(spec)) {
      said.add(container.exec("sh", "-c", "id -u; ps | wc -l; cat /proc/self/uid_map").out());
      said.add("code " + container.exec("sh", "-c", "exit 7").code());
      said.add("stopped " + container.stop().signal());
    }
    return String.join(" ", said);
  }

  /** A process with the id of another user can be signalled too. */
  private String otherUser() {
    ContainerSpec spec =
        ContainerSpec.of(registry + "/busybox:latest")
            .network(NetworkMode.NONE)
            .user("33:33")
            .command("sleep", "1000");
    try (Container container = engine.run(spec)) {
      String id = container.exec("id", "-u").out().strip();
      container.kill("SIGKILL");
      return id + " " + container.awaitExit().signal();
    }
  }

  private String limits() {
    return run(
        ContainerSpec.of(Image.host())
            .network(NetworkMode.NONE)
            .memory(Size.mib(64))
            .command("true"));
  }

  /** Says that a container runs, and waits to be killed. */
  private String linger() {
    ContainerSpec spec =
        ContainerSpec.of(registry + "/busybox:latest")
            .network(NetworkMode.NONE)
            .user("33:33")
            .command("sleep", "1000");
    try (Container container = engine.run(spec)) {
      container.exec("sh", "-c", "echo x > /tmp/x; mkdir -m 700 /tmp/d; echo y > /tmp/d/y");
      System.out.println("lingering");
      return container.awaitExit().toString();
    }
  }

  private String sandbox() {
    return run(ContainerSpec.sandbox(Image.host()).command("sh", "-c", "id -u; touch /x 2>&1"));
  }

  private String hostNetwork() {
    ContainerSpec spec =
        ContainerSpec.of(Image.host()).network(NetworkMode.HOST).command("sleep", "1000");
    String script = "ls /sys/class/net | head -1; touch /sys/x 2>&1 | wc -l";
    try (Container container = engine.run(spec)) {
      return container.exec("sh", "-c", script).out();
    }
  }

  private static String probe() {
    return Engine.probe().capabilities().stream()
        .map(RootlessStory::found)
        .collect(Collectors.joining(", "));
  }

  private static String found(Probe.Capability capability) {
    String why = capability.name().equals("store") ? " " + capability.reason() : "";
    return capability.name() + " " + capability.status() + why;
  }

  private ContainerSpec webServer() {
    return ContainerSpec.of(registry + "/busybox:latest")
        .publish(8080)
        .command("sh", "-c", "mkdir /w; echo hello > /w/index.html; exec httpd -f -p 8080 -h /w");
  }

  /** A port that the relay serves, asked for by HTTP and inside before. */
  private String published() throws IOException {
    ContainerSpec spec =
        webServer()
            .network(NetworkMode.NONE)
            .readyWhen(Wait.all(Wait.forPort(8080), Wait.forHttp(8080, "/index.html")));
    try (Container container = engine.run(spec)) {
      return fetch(container.address(8080)) + container.exec("id", "-u").out().strip();
    }
  }

  private static String fetch(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.getOutputStream().write("GET /index.html HTTP/1.0\r\n\r\n".getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  /** Asks a server on an address of this machine that is not its loopback. */
  private String outbound() throws IOException {
    InetAddress own = ownAddress();
    try (ServerSocket server = new ServerSocket(0, 1, own)) {
      Thread answering =
          new Thread(
              () -> {
                try (Socket socket = server.accept()) {
                  socket.getOutputStream().write("reached\n".getBytes(UTF_8));
                } catch (IOException e) {
                  System.out.println("nobody came: " + e);
                }
              });
      answering.setDaemon(true);
      answering.start();
      String script =
          "ls /sys/class/net; timeout 3 nc "
              + own.getHostAddress()
              + " "
              + server.getLocalPort()
              + "; true";
      return run(ContainerSpec.of(registry + "/busybox:latest").command("sh", "-c", script));
    }
  }

  private static InetAddress ownAddress() throws IOException {
    for (NetworkInterface link : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(link.getInetAddresses())) {
        if (address instanceof Inet4Address && !address.isLoopbackAddress()) {
          return address;
        }
      }
    }
    throw new IOException("this machine has no address but its loopback's");
  }

  private String sharedNamespaces() {
    return run(
        ContainerSpec.of(Image.host())
            .network(NetworkMode.NONE)
            .namespaces(mine -> mine.ipc(NamespaceMode.HOST).uts(NamespaceMode.HOST))
            .command("sh", "-c", "hostname; readlink /proc/self/ns/uts /proc/self/ns/ipc"));
  }
}
