package io.jollyboat.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPolicyConfigTest {
  @Test
  void of_modeFlagsAndNodes_areTheKernels() {
    MemoryPolicyConfig policy =
        parse("{'mode':'MPOL_INTERLEAVE','nodes':'0,2-4','flags':['MPOL_F_STATIC_NODES']}");
    BitSet nodes = new BitSet();
    nodes.set(0);
    nodes.set(2, 5);
    assertEquals(3 | (1 << 15), policy.mode());
    assertEquals(nodes, policy.nodes());
  }

  @Test
  void of_noNodes_namesNone() {
    assertEquals(new BitSet(), parse("{'mode':'MPOL_LOCAL'}").nodes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'mode':'MPOL_NONE'} | policy.mode",
        "{'nodes':'0'} | policy.mode",
        "{'mode':'MPOL_BIND','nodes':'3-1'} | policy.nodes",
        "{'mode':'MPOL_BIND','nodes':'0-99999'} | policy.nodes",
        "{'mode':'MPOL_BIND','nodes':'a'} | policy.nodes",
        "{'mode':'MPOL_BIND','nodes':'0,'} | policy.nodes",
        "{'mode':'MPOL_BIND','flags':['MPOL_F_X']} | policy.flags",
      })
  void of_whatTheKernelDoesNotKnow_isRefusedByName(String json, String named) {
    RuntimeFailure failure = assertThrows(RuntimeFailure.class, () -> parse(json));
    assertTrue(String.valueOf(failure.getMessage()).startsWith(named), failure.getMessage());
  }

  private static MemoryPolicyConfig parse(String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return MemoryPolicyConfig.of(new Fields(Json.parse(bytes, "x.json").members(), "policy"));
  }
}
