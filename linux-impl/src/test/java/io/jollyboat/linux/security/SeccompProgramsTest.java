package io.jollyboat.linux.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jollyboat.oci.SeccompProfile.KernelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeccompProgramsTest {
  private record Usual(String profile, String machine, Capabilities capabilities) {
    SeccompPrograms programs() {
      return SeccompPrograms.ofMachine(machine, new KernelVersion(5, 10));
    }

    SeccompProgram delivered() {
      return profile.equals(SeccompPrograms.SANDBOX)
          ? programs().sandbox(capabilities)
          : programs().standard(capabilities);
    }
  }

  private static List<Usual> usual() {
    List<Usual> all = new ArrayList<>();
    for (String machine : List.of("x86_64", "aarch64")) {
      all.add(new Usual(SeccompPrograms.STANDARD, machine, Capabilities.DEFAULT));
      all.add(new Usual(SeccompPrograms.STANDARD, machine, Capabilities.NONE));
      all.add(new Usual(SeccompPrograms.SANDBOX, machine, Capabilities.NONE));
    }
    return all;
  }

  /** After a change of profile or compiler: writes the file named by the argument anew. */
  public static void main(String[] arguments) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "# Compiled: profile, machine, capabilities, program. Written by SeccompProgramsTest.main.");
    for (Usual usual : usual()) {
      byte[] program = usual.programs().compile(usual.profile(), usual.capabilities()).bytes();
      String start = usual.profile() + " " + usual.machine() + " " + usual.capabilities();
      lines.add(start + " " + Base64.getEncoder().encodeToString(program));
    }
    Files.write(Path.of(arguments[0]), lines);
  }

  @Test
  void programs_precompiled_areWhatTheCompilerMakes() {
    for (Usual usual : usual()) {
      SeccompProgram made = usual.programs().compile(usual.profile(), usual.capabilities());
      assertEquals(made, usual.delivered(), usual::toString);
    }
    assertEquals(usual().size(), SecurityResource.lines(SeccompPrograms.PRECOMPILED).size());
  }

  @Test
  void standard_again_isTheSameProgram() {
    SeccompPrograms programs = SeccompPrograms.ofMachine("amd64", new KernelVersion(5, 10));
    assertSame(programs.standard(Capabilities.ALL), programs.standard(Capabilities.ALL));
  }

  @Test
  void kernel_ofAnyRelease_isItsFirstTwoNumbers() {
    assertEquals(new KernelVersion(6, 18), SeccompPrograms.kernel("6.18.44-fc-v595"));
    assertEquals(new KernelVersion(5, 10), SeccompPrograms.kernel("5.10.0-30-cloud-amd64"));
    assertEquals(new KernelVersion(5, 10), SeccompPrograms.kernel(""));
  }

  @Test
  void ofMachine_unknown_isRefused() {
    assertThrows(
        UnsupportedOperationException.class,
        () -> SeccompPrograms.ofMachine("s390x", new KernelVersion(5, 10)));
  }
}
