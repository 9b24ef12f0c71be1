package io.jollyboat.linux.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OperationsTest {

  private static final Set<MountAttribute> SAFE =
      Set.of(MountAttribute.NO_SET_UID, MountAttribute.NO_DEVICES, MountAttribute.NO_EXECUTE);

  @Test
  void mount_encoded_isHeaderStringsAndPadding() {
    Operations operations =
        Operations.builder()
            .mount("proc", "proc", "/proc", "hidepid=2", SAFE, MountPoint.GUARDED)
            .build();

    ByteBuffer bytes = ByteBuffer.wrap(operations.encoded()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(9, bytes.getInt());
    assertEquals(64, bytes.getInt());
    assertEquals(0xe, bytes.getLong());
    assertEquals(3, bytes.getLong());
    assertEquals(0, bytes.getLong());
    assertEquals("/proc\0proc\0proc\0hidepid=2\0\0\0\0\0\0\0", text(bytes, 32));
    assertEquals(0, bytes.remaining());
    assertEquals(List.of("mount /proc"), operations.names());
  }

  @Test
  void execute_wordsAndEnvironment_areCountedAndNotInTheName() {
    Operations operations =
        Operations.builder().execute(List.of("npm", "start"), List.of("TOKEN=secret"));

    ByteBuffer bytes = ByteBuffer.wrap(operations.encoded()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(32, bytes.getInt(0));
    assertEquals(2, bytes.getLong(8));
    assertEquals(1, bytes.getLong(16));
    assertEquals("execute npm", operations.name(0));
  }

  @Test
  void device_largeMinor_hasTheKernelsLayout() {
    Operations operations = Operations.builder().device("/dev/x", 'b', 259, 300, 0600).build();

    ByteBuffer bytes = ByteBuffer.wrap(operations.encoded()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0060600, bytes.getLong(8));
    assertEquals(0x2c | 259 << 8 | 0x100 << 12, bytes.getLong(16));
  }

  @Test
  void sysctl_dottedName_becomesAPath() {
    Operations operations = Operations.builder().sysctl("net.ipv4.ip_forward", "1").build();

    ByteBuffer bytes = ByteBuffer.wrap(operations.encoded()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(32);
    assertEquals("sys/net/ipv4/ip_forward\0001\0", text(bytes, 26));
  }

  @Test
  void anyString_withNul_isRefused() {
    OperationsBuilder builder = Operations.builder();

    assertThrows(IllegalArgumentException.class, () -> builder.hostname("a\0b"));
  }

  @Test
  void overlay_tooManyLayers_isRefused() {
    List<String> lowers = Collections.nCopies(129, "layer");

    assertThrows(
        IllegalArgumentException.class,
        () -> new OverlayRoot("/mnt", "/layers", lowers, Optional.empty(), List.of()));
  }

  @Test
  void seccomp_partialInstruction_isRefused() {
    OperationsBuilder builder = Operations.builder();

    assertThrows(IllegalArgumentException.class, () -> builder.seccomp(new byte[12], 0));
  }

  private static String text(ByteBuffer bytes, int length) {
    byte[] text = new byte[length];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
