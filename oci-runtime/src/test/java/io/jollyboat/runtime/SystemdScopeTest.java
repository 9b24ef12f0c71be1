package io.jollyboat.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class SystemdScopeTest {
  private static String path(String cgroupsPath) {
    return SystemdScope.of("box", Optional.of(cgroupsPath)).path();
  }

  @Test
  void path_ofASlice_namesEverySliceAbove() {
    assertEquals("/machine.slice/libpod-1a2b.scope/container", path("machine.slice:libpod:1a2b"));
    assertEquals("/a.slice/a-b.slice/a-b-c.slice/p-x.scope/container", path("a-b-c.slice:p:x"));
    assertEquals("/system.slice/x.scope/container", path("::x"));
    assertEquals("/p-x.scope/container", path("-.slice:p:x"));
  }

  @Test
  void of_noPath_isNamedByTheContainer() {
    assertEquals(
        "/system.slice/jollyboat-runtime-box.scope/container",
        SystemdScope.of("box", Optional.empty()).path());
  }

  @Test
  void of_anotherForm_isRefused() {
    for (String other :
        new String[] {
          "/machine/box", "a:b", "x.slice:p:", "nothing:p:x", "../x.slice:p:x", "a b.slice:p:x"
        }) {
      assertThrows(RuntimeFailure.class, () -> path(other), other);
    }
  }
}
