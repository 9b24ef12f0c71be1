package io.jollyboat.linux.security;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppArmorTest {
  @TempDir Path sys = Path.of("");

  private AppArmor enabled() throws IOException {
    Path parameters = Files.createDirectories(sys.resolve("module/apparmor/parameters"));
    Files.writeString(parameters.resolve("enabled"), "Y\n");
    Path security = Files.createDirectories(sys.resolve("kernel/security/apparmor"));
    Files.writeString(security.resolve("profiles"), "docker-default (enforce)\nother (complain)\n");
    return AppArmor.at(sys);
  }

  @Test
  void needs_whereTheKernelHasNone_isRefusedUnlessUnconfined() {
    AppArmor none = AppArmor.at(sys);
    assertFalse(none.needs("unconfined"));
    Exception e = assertThrows(IllegalArgumentException.class, () -> none.needs("docker-default"));
    assertTrue(e.toString().contains("does not enforce AppArmor"), e::toString);
  }

  @Test
  void needs_whereItIsEnforced_wantsALoadedProfile() throws IOException {
    AppArmor enabled = enabled();
    assertTrue(enabled.needs("docker-default"));
    assertTrue(enabled.needs("unconfined"));
    Exception e = assertThrows(IllegalArgumentException.class, () -> enabled.needs("docker"));
    assertTrue(e.toString().contains("apparmor_parser"), e::toString);
  }
}
