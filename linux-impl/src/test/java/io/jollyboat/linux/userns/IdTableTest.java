package io.jollyboat.linux.userns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class IdTableTest {
  private static final IdTable TWO_RANGES =
      IdTable.of(1000, List.of(new IdRange(0, 100_000, 10), new IdRange(0, 200_000, 5)));

  @Test
  void of_ranges_followEachOtherAfterTheUserHimself() {
    assertEquals("0 1000 1\n1 100000 10\n11 200000 5", TWO_RANGES.lines());
    assertEquals("0:1000:1,1:100000:10,11:200000:5", TWO_RANGES.toString());
    assertEquals(15, TWO_RANGES.last());
  }

  @Test
  void linesWithin_ofSeveralRanges_crossNoBorder() {
    assertEquals("0 0 1\n1 1 10\n11 11 5", TWO_RANGES.linesWithin());
  }

  @Test
  void inside_idsOfTheRanges_areFoundAndOthersAreNot() {
    assertEquals(OptionalLong.of(0), TWO_RANGES.inside(1000));
    assertEquals(OptionalLong.of(10), TWO_RANGES.inside(100_009));
    assertEquals(OptionalLong.of(11), TWO_RANGES.inside(200_000));
    assertEquals(OptionalLong.empty(), TWO_RANGES.inside(100_010));
    assertEquals(OptionalLong.empty(), TWO_RANGES.inside(0));
    assertTrue(TWO_RANGES.has(15));
    assertFalse(TWO_RANGES.has(16));
  }

  @Test
  void isSingle_withoutRanges_isTrue() {
    assertTrue(IdTable.of(7, List.of()).isSingle());
    assertFalse(TWO_RANGES.isSingle());
  }

  @Test
  void last_withAGap_stopsBeforeIt() {
    IdTable gap = new IdTable(List.of(new IdRange(0, 5, 2), new IdRange(10, 20, 2)));
    assertEquals(1, gap.last());
  }

  @Test
  void range_outOfBounds_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new IdRange(0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new IdRange(-1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new IdRange(0, 4_294_967_295L, 2));
  }
}
