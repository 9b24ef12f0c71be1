package io.jollyboat.linux.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs in a network namespace of its own: the host's packet filter is left alone. */
@Timeout(60)
final class DockerFilterTest {

  private static final String ID = "0123abcd";

  @Test
  void open_filterOfDocker_letsTheBridgePassUntilClose() throws Exception {
    TestNamespace.requireRoot();
    Process process =
        new ProcessBuilder(
                "unshare",
                "--net",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Scenario.class.getName())
            .redirectErrorStream(true)
            .start();

    String output = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertEquals(0, process.waitFor(), output);
  }

  /** A host with Docker's filter: what it forwards is dropped, but for what DOCKER-USER accepts. */
  static final class Scenario {

    private static final String[] LIST = {"nft", "list", "chain", "ip", "filter", "DOCKER-USER"};

    private Scenario() {}

    public static void main(String[] arguments) throws Exception {
      nft("add table ip filter");
      nft("add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }");
      nft("add chain ip filter DOCKER-USER");
      nft("add rule ip filter DOCKER-USER iifname docker0 accept comment \"another's\"");
      nft("add rule ip filter FORWARD jump DOCKER-USER");
      String before = TestNamespace.host(LIST);
      try (BridgeNetwork network = BridgeNetwork.open(ID)) {
        String during = TestNamespace.host(LIST);
        assertTrue(during.contains("iifname \"jb-" + ID + "\" accept"), during);
        assertTrue(during.contains("oifname \"jb-" + ID + "\" accept"), during);
        assertTrue(during.contains("comment \"jollyboat-" + ID + "\""), during);
        assertTrue(network.problems().isEmpty(), network.problems()::toString);
        assertFalse(network.notes().isEmpty());
      }
      assertEquals(before, TestNamespace.host(LIST));
    }

    private static void nft(String words) throws Exception {
      TestNamespace.host("nft", words);
    }
  }
}
