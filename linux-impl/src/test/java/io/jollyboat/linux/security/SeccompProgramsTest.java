package io.jollyboat.linux.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeccompProgramsTest {
  private static final List<String> MACHINES = List.of("x86_64", "aarch64");
  private static final List<Capabilities> USUAL = List.of(Capabilities.DEFAULT, Capabilities.NONE);

  /** After a change of profile or compiler: writes the file named by the argument anew. */
  public static void main(String[] arguments) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "# Compiled from default.profile: machine, capabilities, program. Written by SeccompProgramsTest.main.");
    for (String machine : MACHINES) {
      for (Capabilities capabilities : USUAL) {
        byte[] program = SeccompPrograms.ofMachine(machine).compile(capabilities).bytes();
        lines.add(machine + " " + capabilities + " " + Base64.getEncoder().encodeToString(program));
      }
    }
    Files.write(Path.of(arguments[0]), lines);
  }

  @Test
  void standard_precompiled_isWhatTheCompilerMakes() {
    for (String machine : MACHINES) {
      SeccompPrograms programs = SeccompPrograms.ofMachine(machine);
      for (Capabilities capabilities : USUAL) {
        assertEquals(programs.compile(capabilities), programs.standard(capabilities), machine);
      }
    }
    assertEquals(
        MACHINES.size() * USUAL.size(), SecurityResource.lines(SeccompPrograms.PRECOMPILED).size());
  }

  @Test
  void standard_again_isTheSameProgram() {
    SeccompPrograms programs = SeccompPrograms.ofMachine("amd64");
    assertSame(programs.standard(Capabilities.ALL), programs.standard(Capabilities.ALL));
  }

  @Test
  void ofMachine_unknown_isRefused() {
    assertThrows(UnsupportedOperationException.class, () -> SeccompPrograms.ofMachine("s390x"));
  }
}
