package io.jollyboat.linux.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.IdMap;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class IdMapsTest {
  private static final List<IdMap> TWO = List.of(new IdMap(0, 5000, 10), new IdMap(10, 0, 1));

  @Test
  void lines_ofTwoMaps_areWhatTheKernelReads() {
    IdMaps maps = new IdMaps(TWO, List.of(new IdMap(0, 7, 1)));
    assertEquals("0 5000 10\n10 0 1", maps.userLines());
    assertEquals("0 7 1", maps.groupLines());
    assertFalse(maps.isIdentity());
    assertTrue(IdMaps.IDENTITY.isIdentity());
  }

  @Test
  void outside_anId_isWhereItsMapPutsIt() {
    IdMaps maps = new IdMaps(TWO, TWO);
    assertEquals(5009, maps.userOutside(9));
    assertEquals(0, maps.userOutside(10));
    assertEquals(OptionalLong.empty(), maps.groupOutside(11));
    assertThrows(IllegalArgumentException.class, () -> maps.userOutside(11));
  }

  @Test
  void maps_thatTheKernelWouldRefuse_areRefused() {
    refused(List.of(new IdMap(0, 0, 10), new IdMap(9, 100, 1)), "overlap");
    refused(List.of(new IdMap(0, 100, 10), new IdMap(20, 109, 1)), "overlap");
    refused(List.of(new IdMap(1, 0, 10)), "lack id 0");
    refused(Collections.nCopies(341, new IdMap(0, 0, 1)), "340");
  }

  private static void refused(List<IdMap> maps, String why) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> new IdMaps(maps, TWO));
    assertTrue(e.toString().contains(why), e::toString);
  }
}
