package io.jollyboat.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.Probe;
import io.jollyboat.Wait;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;

/** What the user of {@link CarrierIT} tries of networks. */
final class CarrierStory {
  private final Engine engine;
  private final String registry;

  private CarrierStory(Engine engine, String registry) {
    this.engine = engine;
    this.registry = registry;
  }

  /**
   * @param words the registry, then as {@link Story#tell} takes them
   */
  public static void main(String[] words) {
    Story.tell(
        Arrays.copyOfRange(words, 1, words.length),
        engine -> new CarrierStory(engine, words[0]).topics());
  }

  private Map<String, Story.Topic> topics() {
    return Map.of(
        "outside", () -> reach(ownAddress(), ownAddress().getHostAddress()),
        "loopback", () -> reach(InetAddress.getLoopbackAddress(), "10.0.2.2"),
        "links", () -> shell("ls /sys/class/net"),
        "published", this::published,
        "probe", CarrierStory::probe);
  }

  private ContainerSpec busybox(String script) {
    return ContainerSpec.of(registry + "/busybox:latest").command("sh", "-c", script);
  }

  private String shell(String script) {
    try (Container container = engine.run(busybox(script))) {
      int code = container.awaitExit().code();
      return container.logs() + code;
    }
  }

  /** Whether a server of this machine at one address is found at another. */
  private String reach(InetAddress server, String from) throws IOException {
    try (ServerSocket listening = new ServerSocket(0, 1, server)) {
      Thread answering = new Thread(() -> answer(listening));
      answering.setDaemon(true);
      answering.start();
      return shell("timeout 3 nc " + from + " " + listening.getLocalPort() + "; true");
    }
  }

  private static void answer(ServerSocket listening) {
    try (Socket socket = listening.accept()) {
      socket.getOutputStream().write("reached\n".getBytes(UTF_8));
    } catch (IOException nobodyCame) {
      return; // which the container's output tells
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

  private String published() throws IOException {
    ContainerSpec spec =
        busybox("echo hello > /index.html; exec httpd -f -p 8080 -h /")
            .publish(8080)
            .readyWhen(Wait.forPort(8080));
    try (Container container = engine.run(spec)) {
      InetSocketAddress at = container.address(8080);
      try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
        socket.getOutputStream().write("GET /index.html HTTP/1.0\r\n\r\n".getBytes(UTF_8));
        String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
      }
    }
  }

  private static String probe() {
    Probe.Capability network =
        Engine.probe().capabilities().stream()
            .filter(capability -> capability.name().equals("network"))
            .findFirst()
            .orElseThrow();
    return network.status() + " " + network.reason() + "; " + network.remedy();
  }
}
