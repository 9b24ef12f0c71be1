package io.jollyboat.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;

import io.jollyboat.Container;
import io.jollyboat.ContainerProcess;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExecSpec;
import io.jollyboat.ExitStatus;
import io.jollyboat.Image;
import io.jollyboat.NetworkMode;
import io.jollyboat.Size;
import io.jollyboat.Wait;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** What the user of {@link UserDetachedIT} does, whose containers outlive his programs. */
final class UserDetachedStory {
  private static final int PORT = 8080;

  private final Engine engine;
  private final String registry;

  private UserDetachedStory(Engine engine, String registry) {
    this.engine = engine;
    this.registry = registry;
  }

  /**
   * @param words the registry, then as {@link Story#tell} takes them
   */
  public static void main(String[] words) {
    Story.tell(
        Arrays.copyOfRange(words, 1, words.length),
        engine -> new UserDetachedStory(engine, words[0]).topics());
  }

  private Map<String, Story.Topic> topics() {
    return Map.ofEntries(
        entry("web", this::web),
        entry("host", this::host),
        entry("limited", this::limited),
        entry("linger", this::linger),
        entry("found", this::found),
        entry("commands", this::commands),
        entry("files", this::files),
        entry("port", this::port),
        entry("network", this::network),
        entry("nested", this::nested),
        entry("limits", this::limits),
        entry("stop", this::stop));
  }

  /** A web server that runs as another user, with a network that a program carries. */
  private String web() {
    ContainerSpec spec =
        ContainerSpec.of(registry + "/busybox:latest")
            .name("web")
            .env("WORD", "kept word")
            .publish(PORT)
            .detached()
            .command(
                "sh",
                "-c",
                "mkdir /w; echo hello > /w/index.html; echo begun; cd /w;"
                    + " httpd -u 33:33 -f -p 8080 -h /w; exit 7")
            .readyWhen(Wait.forPort(PORT));
    try (Container container = engine.run(spec)) {
      return container.logs();
    }
  }

  /** One with a user namespace of its own within. */
  private String host() {
    ContainerSpec spec =
        ContainerSpec.of(Image.host())
            .name("host")
            .network(NetworkMode.NONE)
            .detached()
            .command("sleep", "1000");
    try (Container container = engine.run(spec)) {
      return container.exec("id", "-u").out();
    }
  }

  /** One in control groups that were given to the user. */
  private String limited() {
    ContainerSpec spec =
        ContainerSpec.of(Image.host())
            .name("limited")
            .network(NetworkMode.NONE)
            .memory(Size.mib(64))
            .pids(9)
            .detached()
            .command("sleep", "1000");
    try (Container container = engine.run(spec)) {
      return container.stats().pids().limit().orElse(-1) + " processes";
    }
  }

  /** What the next engine sees and changes of them. */
  private String limits() {
    Container limited = the("limited");
    long before = limited.stats().pids().limit().orElse(-1);
    limited.update(limit -> limit.pids(7));
    limited.pause();
    limited.unpause();
    long after = limited.stats().pids().limit().orElse(-1);
    return before + " " + after + " " + limited.exec("echo", "in it").out();
  }

  private String linger() throws IOException {
    String begun = web();
    System.out.println("lingering");
    return begun + System.in.read();
  }

  private Container the(String name) {
    return engine.containers().find(name).orElseThrow();
  }

  private String found() {
    Container web = the("web");
    return web.running() + " " + web.logs();
  }

  private String commands() {
    Container web = the("web");
    String mine = web.exec("sh", "-c", "id -u; echo $WORD").out();
    ExecSpec other = ExecSpec.of("sh", "-c", "id -u").user("33:33").tty();
    ContainerProcess process = web.exec(other);
    try (InputStream out = process.getInputStream()) {
      return mine + new String(out.readAllBytes(), UTF_8).strip();
    } catch (IOException e) {
      return mine + e;
    }
  }

  private String files() throws IOException {
    Container web = the("web");
    Path own =
        Files.writeString(Files.createTempDirectory("own").resolve("from-outside"), "text\n");
    web.copyTo(own, "/w");
    String inside = web.exec("cat", "/w/from-outside").out();
    String changed = web.diff().toString().contains("/w/from-outside") ? "changed" : "same";
    return inside + changed;
  }

  private String port() throws IOException {
    Container web = the("web");
    web.await(Wait.forPort(PORT));
    web.await(Wait.forHttp(PORT, "/index.html"));
    InetSocketAddress at = web.address(PORT);
    try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
      socket.getOutputStream().write("GET /index.html HTTP/1.0\r\n\r\n".getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  private String network() {
    return the("web").exec("sh", "-c", "ls /sys/class/net | wc -l; ip route | head -1").out();
  }

  private String nested() {
    return the("host").exec("sh", "-c", "id -u; wc -l < /proc/self/uid_map").out();
  }

  private String stop() {
    StringBuilder said = new StringBuilder();
    for (Container container : engine.containers().list()) {
      ExitStatus end = container.stop(Duration.ZERO);
      said.append(container.name()).append(' ').append(end.code()).append('\n');
      container.remove();
    }
    return said.toString();
  }
}
