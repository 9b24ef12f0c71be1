package io.jollyboat.linux.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SubnetChoiceTest {

  @Test
  void candidates_nothingUsed_firstIsOfTheFirstPool() {
    Ipv4Network first = candidates(List.of()).get(0);

    assertTrue(first.overlaps(Ipv4Network.parse("172.24.0.0/14")), first.toString());
    assertEquals(SubnetChoice.PREFIX, first.prefix());
  }

  @Test
  void candidates_partsUsed_touchNoneOfThem() {
    List<Ipv4Network> used =
        List.of(
            Ipv4Network.parse("172.16.0.0/12"),
            Ipv4Network.parse("10.200.1.7"),
            Ipv4Network.parse("192.168.0.0/16"));

    List<Ipv4Network> candidates = candidates(used);

    assertEquals((1 << 12) - 1, candidates.size());
    for (Ipv4Network network : used) {
      assertFalse(candidates.stream().anyMatch(network::overlaps), network.toString());
    }
  }

  @Test
  void candidates_allUsed_areNone() {
    List<Ipv4Network> used = List.of(Ipv4Network.parse("0.0.0.0/0"));

    assertEquals(List.of(), candidates(used));
  }

  @Test
  void addressPool_exhausted_givesBackOnlyWhatWasFreed() {
    AddressPool pool = new AddressPool(Ipv4Network.parse("192.0.2.0/29"));
    for (int expected = 2; expected <= 6; expected++) {
      assertEquals(expected, pool.take());
    }
    pool.free(4);

    assertEquals(4, pool.take());
  }

  @Test
  void addressPool_freed_isNotUsedAgainAtOnce() {
    AddressPool pool = new AddressPool(Ipv4Network.parse("192.0.2.0/29"));
    pool.free(pool.take());

    assertEquals(3, pool.take());
  }

  @Test
  void bridgeNames_owner_isFoundInAllNames() {
    for (String name :
        List.of(BridgeNames.bridge("0123abcd"), BridgeNames.table("0123abcd"), "jb0123abcd-3fe")) {
      assertEquals("0123abcd", BridgeNames.owner(name).orElseThrow());
    }
    assertTrue(BridgeNames.owner("jollyboat-other").isEmpty());
    assertTrue(BridgeNames.port("0123abcd", 1022).length() <= 15);
  }

  private static List<Ipv4Network> candidates(List<Ipv4Network> used) {
    List<Ipv4Network> candidates = new ArrayList<>();
    SubnetChoice.candidates(used, new Random(1)).forEach(candidates::add);
    return candidates;
  }
}
