package io.jollyboat.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jollyboat.linux.cgroup.DeviceRule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeviceAccessTest {
  @Test
  void rules_areInOrderBetweenTheDenialOfAllAndTheDefaults() {
    List<DeviceRule> rules =
        rules("{'allow':true,'type':'c','major':10,'minor':229,'access':'rw'}");
    assertEquals(new DeviceRule(false, 'a', -1, -1, "rwm"), rules.get(0));
    assertEquals(new DeviceRule('c', 10, 229, "rw"), rules.get(1));
    assertEquals(2 + DeviceRule.DEFAULT.size(), rules.size());
    assertEquals(new DeviceRule('c', 136, -1, "rwm"), rules.get(rules.size() - 1));
  }

  @Test
  void rules_thatAllowMoreOfADevice_allowBothAtOnce() {
    List<DeviceRule> rules =
        rules(
            "{'allow':true,'type':'b','major':8,'access':'r'}",
            "{'allow':true,'type':'b','major':8,'access':'w'}");
    assertEquals(new DeviceRule('b', 8, -1, "rw"), rules.get(2));
  }

  @Test
  void rules_withADenialBetween_stayApart() {
    List<DeviceRule> rules =
        rules(
            "{'allow':true,'type':'b','major':8,'access':'r'}",
            "{'allow':false,'access':'rwm'}",
            "{'allow':true,'type':'b','major':8,'access':'w'}");
    assertEquals(new DeviceRule('b', 8, -1, "w"), rules.get(3));
  }

  @Test
  void rules_ofAllButOne_areTheFiles() {
    List<DeviceRule> rules =
        rules("{'allow':true,'access':'rwm'}", "{'allow':false,'type':'c','major':1,'minor':3}");
    assertEquals(DeviceRule.ALL, rules.get(1));
    assertEquals(new DeviceRule(false, 'c', 1, 3, "rwm"), rules.get(2));
  }

  @Test
  void lines_ofV1_nameBothKindsWhereNotEverythingIsMeant() {
    assertEquals(
        List.of("c 1:* r", "b 1:* r"), ResourceWritesV1.lines(new DeviceRule('a', 1, -1, "r")));
    assertEquals(List.of("a *:* rwm"), ResourceWritesV1.lines(DeviceRule.ALL));
  }

  @Test
  void weight_ofV2_isInTheSameProportion() {
    assertEquals(1, ResourceWritesV2.weight(2));
    assertEquals(39, ResourceWritesV2.weight(1024));
    assertEquals(10_000, ResourceWritesV2.weight(262_144));
    assertEquals(100, ResourceWritesV2.weight(0));
  }

  private static List<DeviceRule> rules(String... rules) {
    String json = "{'devices':[" + String.join(",", rules) + "]}";
    Fields resources =
        Json.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "resources.json");
    return DeviceAccess.of(resources.objects("devices"));
  }
}
