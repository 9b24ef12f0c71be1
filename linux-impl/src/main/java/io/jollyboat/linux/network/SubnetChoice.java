package io.jollyboat.linux.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The private subnets that a bridge may get, of 1022 addresses each: as many as a bridge has ports.
 */
final class SubnetChoice {

  static final int PREFIX = 22;

  /** Where Docker's and Podman's own choices, and home networks, are rarest comes first. */
  private static final List<Ipv4Network> POOLS =
      List.of(
          Ipv4Network.parse("172.24.0.0/14"),
          Ipv4Network.parse("10.192.0.0/10"),
          Ipv4Network.parse("172.16.0.0/12"),
          Ipv4Network.parse("192.168.0.0/16"));

  private SubnetChoice() {}

  /**
   * All candidates that touch nothing in {@code used}, those of the first pool first, in an order
   * that differs between engines; a pool is looked at once those before it are used up.
   */
  static Iterable<Ipv4Network> candidates(List<Ipv4Network> used, Random random) {
    return () -> POOLS.stream().flatMap(pool -> free(pool, used, random).stream()).iterator();
  }

  private static List<Ipv4Network> free(Ipv4Network pool, List<Ipv4Network> used, Random random) {
    List<Ipv4Network> free = new ArrayList<>();
    int count = 1 << (PREFIX - pool.prefix());
    for (int i = 0; i < count; i++) {
      Ipv4Network subnet = new Ipv4Network(pool.first() + (i << (32 - PREFIX)), PREFIX);
      if (used.stream().noneMatch(subnet::overlaps)) {
        free.add(subnet);
      }
    }
    Collections.shuffle(free, random);
    return free;
  }
}
