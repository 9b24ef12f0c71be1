package io.jollyboat.linux.cgroup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceProgramTest {
  private static final int MAKE = 1;
  private static final int READ = 2;
  private static final int WRITE = 4;

  private final byte[] standard = DeviceProgram.instructions(DeviceRule.DEFAULT);

  /** Runs the few instructions that the program is made of. */
  private static boolean allows(byte[] program, char type, int access, int major, int minor) {
    ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
    int[] context = {access << 16 | (type == 'b' ? 1 : 2), major, minor};
    long[] register = new long[11];
    for (int at = 0; ; at++) {
      int target = code.get(8 * at + 1) & 0xf;
      int source = (code.get(8 * at + 1) & 0xf0) >> 4;
      short offset = code.getShort(8 * at + 2);
      int constant = code.getInt(8 * at + 4);
      switch (code.get(8 * at) & 0xff) {
        case 0x61 -> register[target] = Integer.toUnsignedLong(context[offset / 4]);
        case 0xbf -> register[target] = register[source];
        case 0xb7 -> register[target] = constant;
        case 0x57 -> register[target] &= constant;
        case 0x77 -> register[target] >>>= constant;
        case 0x15 -> at += register[target] == constant ? offset : 0;
        case 0x55 -> at += register[target] != constant ? offset : 0;
        case 0x95 -> {
          return register[0] == 1;
        }
        default -> throw new IllegalStateException("instruction at " + at);
      }
    }
  }

  @Test
  void standard_harmlessDevices_mayBeUsed() {
    assertTrue(allows(standard, 'c', READ | WRITE, 1, 3));
    assertTrue(allows(standard, 'c', READ | WRITE | MAKE, 1, 9));
    assertTrue(allows(standard, 'c', WRITE, 136, 12345));
    assertTrue(allows(standard, 'c', READ, 5, 2));
  }

  @Test
  void standard_otherDevices_mayBeMadeButNotOpened() {
    assertTrue(allows(standard, 'b', MAKE, 8, 0));
    assertTrue(allows(standard, 'c', MAKE, 10, 200));
    assertFalse(allows(standard, 'b', READ, 8, 0));
    assertFalse(allows(standard, 'b', READ | MAKE, 8, 0));
    assertFalse(allows(standard, 'c', READ, 10, 200));
    assertFalse(allows(standard, 'c', READ, 1, 1));
    assertFalse(allows(standard, 'b', READ, 1, 3));
  }

  @Test
  void rules_none_allowNothing() {
    byte[] program = DeviceProgram.instructions(List.of());
    assertFalse(allows(program, 'c', READ, 1, 3));
  }

  @Test
  void rules_thatRefuse_takeBackWhatAnEarlierOneAllowed() {
    byte[] program =
        DeviceProgram.instructions(
            List.of(
                DeviceRule.ALL,
                new DeviceRule(false, 'b', 8, -1, "rw"),
                new DeviceRule('b', 8, 1, "r")));
    assertTrue(allows(program, 'c', READ | WRITE, 10, 200));
    assertTrue(allows(program, 'b', READ | WRITE, 9, 0));
    assertFalse(allows(program, 'b', READ, 8, 0));
    assertFalse(allows(program, 'b', READ | MAKE, 8, 0));
    assertTrue(allows(program, 'b', MAKE, 8, 0));
    assertTrue(allows(program, 'b', READ, 8, 1));
    assertFalse(allows(program, 'b', READ | WRITE, 8, 1));
  }

  @Test
  void rules_whatNoneCanReach_isLeftOut() {
    byte[] everything = DeviceProgram.instructions(List.of(DeviceRule.ALL));
    byte[] last =
        DeviceProgram.instructions(List.of(new DeviceRule('c', 1, 3, "r"), DeviceRule.ALL));
    assertArrayEquals(everything, last, "the kernel refuses instructions behind an answer");
    assertTrue(allows(last, 'b', READ | WRITE | MAKE, 8, 0));
    byte[] nothing =
        DeviceProgram.instructions(
            List.of(DeviceRule.ALL, new DeviceRule(false, 'a', -1, -1, "rwm")));
    assertFalse(allows(nothing, 'c', READ, 1, 3));
  }

  @Test
  void rule_ofText_isWhatItSays() {
    assertEquals(new DeviceRule('c', 10, -1, "rw"), DeviceRule.parse("c 10:* rw"));
    assertEquals(DeviceRule.ALL, DeviceRule.parse("a *:* rwm"));
    for (String bad : List.of("", "x 1:1 r", "c 1 r", "c 1:1", "c 9999999999:1 r", "c 1:1 rx")) {
      assertThrows(IllegalArgumentException.class, () -> DeviceRule.parse(bad), bad);
    }
  }

  @Test
  void rule_asText_isWhatVersionOneTakes() {
    assertEquals("c 136:* rwm", new DeviceRule('c', 136, -1, "rwm").toString());
  }
}
