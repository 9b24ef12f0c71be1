package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.NetworkMode;
import io.jollyboat.Resources;
import io.jollyboat.Size;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a container may send and receive, measured between two containers. */
@IntegrationTest
class BandwidthIT {
  private static final int MEBIBYTES = 3;
  private static final String SERVE =
      "mkdir /www; head -c " + MEBIBYTES + "m /dev/zero > /www/data; exec httpd -f -p 80 -h /www";

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  private static ContainerSpec bridged(String script, UnaryOperator<Resources> limits) {
    return Specs.busybox()
        .network(NetworkMode.BRIDGE)
        .command("sh", "-c", script)
        .resources(limits);
  }

  private static String address(Container container) {
    String hosts = container.exec("tail", "-n", "1", "/etc/hosts").out();
    return hosts.split("\\s")[0];
  }

  /** Seconds of a transfer from one to the other. */
  private static double fetch(Container client, String server) {
    String get = "wget -q -O - http://" + server + "/data | wc -c";
    long start = System.nanoTime();
    String count = client.exec("sh", "-c", get).out().strip();
    assertEquals(Integer.toString(MEBIBYTES << 20), count);
    return (System.nanoTime() - start) / 1e9;
  }

  private static Container server(Engine engine, UnaryOperator<Resources> limits) {
    return engine.run(bridged(SERVE, limits).readyWhen(io.jollyboat.Wait.forPort(80)));
  }

  @Test
  void in_limited_holdsBackWhatIsReceived_untilUpdated() {
    try (Engine engine = store.open();
        Container server = server(engine, UnaryOperator.identity());
        Container client = engine.run(bridged("sleep 3600", r -> r.bandwidthIn(Size.mib(1))))) {
      String address = address(server);
      assertTrue(fetch(client, address) > 1.8, "3 MiB at 1 MiB a second");
      client.update(r -> Resources.none());
      assertTrue(fetch(client, address) < 1.8);
      client.update(r -> r.bandwidthIn(Size.mib(1)));
      assertTrue(fetch(client, address) > 1.8);
    }
  }

  @Test
  void out_limited_holdsBackWhatIsSent_untilUpdated() {
    try (Engine engine = store.open();
        Container server = server(engine, r -> r.bandwidthOut(Size.mib(1)));
        Container client = engine.run(bridged("sleep 3600", UnaryOperator.identity()))) {
      String address = address(server);
      assertTrue(fetch(client, address) > 1.8, "3 MiB at 1 MiB a second");
      server.update(r -> r.bandwidthOut(Size.mib(100)));
      assertTrue(fetch(client, address) < 1.8);
      server.update(r -> Resources.none());
      assertTrue(fetch(client, address) < 1.8);
      server.update(r -> r.bandwidthOut(Size.mib(1)));
      assertTrue(fetch(client, address) > 1.8);
    }
  }

  @Test
  void withoutALinkOfItsOwn_isRefused() {
    try (Engine engine = store.open()) {
      ContainerException e =
          assertThrows(
              ContainerException.class,
              () ->
                  engine.run(Specs.busybox().resources(r -> r.bandwidthOut(Size.mib(1)))).close());
      assertTrue(String.valueOf(e.getMessage()).contains("BRIDGE"), e::toString);
    }
  }
}
