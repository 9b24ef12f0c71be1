package io.jollyboat.linux.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessorListTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0-3", "1,3,5", "0-1,4-7,9"})
  void parse_ofWhatTheKernelWrites_isReversedByToString(String text) {
    assertEquals(text, ProcessorList.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "1-", "-1", "1--2", "0,,1"})
  void parse_ofWhatIsNoList_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ProcessorList.parse(text));
  }

  @Test
  void parse_ofAnyOrder_isSorted() {
    assertEquals(List.of(1, 2, 3), ProcessorList.parse("3,1-2,2").numbers());
  }

  @Test
  void within_andFirst_areSubsets() {
    ProcessorList list = ProcessorList.parse("0-7");
    assertEquals("2-3", list.within(ProcessorList.parse("2-3,99")).toString());
    assertEquals("0-1", list.first(2).toString());
    assertEquals(list, list.first(100));
  }
}
