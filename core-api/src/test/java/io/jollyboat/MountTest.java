package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class MountTest {
  private static final Mount BIND = Mount.readWrite(Path.of("/srv"), "/data");

  @Test
  void options_ofOneKind_areKeptAndRead() {
    Mount mount = BIND.readOnly().propagation(Propagation.RSLAVE).createMissing();
    assertFalse(mount.writable());
    assertEquals(Propagation.RSLAVE, mount.propagation());
    assertTrue(mount.createsMissing());
    assertTrue(BIND.writable(), "a value does not change");
    assertEquals("/srv on /data, read-only", mount.toString());
    Mount volume = Mount.volume("v", "/data").subPath("a/b").noCopy();
    assertEquals(Optional.of("a/b"), volume.subPath());
    assertFalse(volume.copies());
    Mount.Source tmpfs = Mount.tmpfs("/t", Size.mib(1)).mode(0700).source();
    assertEquals(new Mount.Source.Tmpfs(Optional.of(Size.mib(1)), OptionalInt.of(0700)), tmpfs);
  }

  @Test
  void options_ofAnotherKind_areRefused() {
    refused(mount -> mount.propagation(Propagation.SHARED), Mount.tmpfs("/t"));
    refused(Mount::createMissing, Mount.image("a", "/t"));
    refused(mount -> mount.subPath("a"), BIND);
    refused(mount -> mount.subPath("/a"), Mount.volume("v", "/t"));
    refused(Mount::noCopy, BIND);
    refused(mount -> mount.mode(0700), BIND);
    refused(mount -> mount.mode(010000), Mount.tmpfs("/t"));
  }

  private static void refused(UnaryOperator<Mount> option, Mount mount) {
    assertThrows(IllegalArgumentException.class, () -> option.apply(mount));
  }

  @Test
  void volume_whoseNameIsAPath_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Mount.volume("../x", "/t"));
    assertThrows(IllegalArgumentException.class, () -> Mount.volume("", "/t"));
  }

  @Test
  void equality_ofEqualOptions_holds() {
    assertEquals(Mount.overlay(Path.of("/a"), "/b"), Mount.overlay(Path.of("/a"), "/b"));
    assertEquals(BIND.readOnly(), Mount.readOnly(Path.of("/srv"), "/data"));
    assertNotEquals(Mount.anonymous("/a"), Mount.anonymous("/a").noCopy());
    assertNotEquals(BIND, BIND.propagation(Propagation.SLAVE));
  }
}
