package io.jollyboat.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.cgroup.DeviceRule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeviceAccessTest {
  private static final String DENY_ALL = "{'allow':false,'access':'rwm'}";

  @Test
  void lines_ofV1_areInOrderWithTheDefaultsLast() {
    List<DeviceAccess> rules =
        rules(DENY_ALL, "{'allow':true,'type':'c','major':10,'minor':229,'access':'rw'}");
    assertEquals("a", rules.get(0).line());
    assertFalse(rules.get(0).allow());
    assertEquals("c 10:229 rw", rules.get(1).line());
    assertEquals(2 + DeviceRule.DEFAULT.size(), rules.size());
    assertEquals("c 136:* rwm", rules.get(rules.size() - 1).line());
  }

  @Test
  void allowed_afterAllIsDenied_isWhatFollows() {
    List<DeviceRule> allowed =
        DeviceAccess.allowed(rules(DENY_ALL, "{'allow':true,'type':'b','major':8,'access':'r'}"));
    assertTrue(allowed.contains(new DeviceRule('b', 8, -1, "r")));
    assertTrue(allowed.containsAll(DeviceRule.DEFAULT));
    assertFalse(allowed.contains(new DeviceRule('b', -1, -1, "rwm")));
  }

  @Test
  void allowed_whereNothingIsDenied_needsNoProgram() {
    assertEquals(List.of(), DeviceAccess.allowed(rules("{'allow':true,'access':'rwm'}")));
  }

  @Test
  void allowed_ofAllButOne_isRefused() {
    List<DeviceAccess> rules = rules("{'allow':false,'type':'c','major':1,'minor':3}");
    assertThrows(RuntimeFailure.class, () -> DeviceAccess.allowed(rules));
  }

  @Test
  void weight_ofV2_isInTheSameProportion() {
    assertEquals(1, ResourceWritesV2.weight(2));
    assertEquals(39, ResourceWritesV2.weight(1024));
    assertEquals(10_000, ResourceWritesV2.weight(262_144));
    assertEquals(100, ResourceWritesV2.weight(0));
  }

  private static List<DeviceAccess> rules(String... rules) {
    String json = "{'devices':[" + String.join(",", rules) + "]}";
    Fields resources =
        Json.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "resources.json");
    return DeviceAccess.of(resources.objects("devices"));
  }
}
