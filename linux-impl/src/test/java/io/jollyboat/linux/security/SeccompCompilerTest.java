package io.jollyboat.linux.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeccompCompilerTest {
  private static final int ALLOW = SeccompRule.ALLOW;
  private static final int EPERM = SeccompRule.EPERM;
  private static final int ENOSYS = SeccompRule.ENOSYS;
  private static final List<SeccompArchitecture> INTEL =
      List.of(SeccompArchitecture.X86_64, SeccompArchitecture.X86, SeccompArchitecture.X32);
  private static final List<SeccompArchitecture> ARM =
      List.of(SeccompArchitecture.AARCH64, SeccompArchitecture.ARM);

  private final SyscallTable table = SyscallTable.load();
  private final BpfInterpreter standard = interpreter(Capabilities.DEFAULT, INTEL);

  private BpfInterpreter interpreter(
      Capabilities bounding, List<SeccompArchitecture> architectures) {
    return new BpfInterpreter(
        new SeccompProgram(
            new SeccompCompiler(table, SeccompText.standard().rules(bounding))
                .compile(architectures),
            0));
  }

  private int run(
      BpfInterpreter filter, SeccompArchitecture architecture, String call, long... arguments) {
    return filter.run(architecture.audit, table.number(call, architecture), arguments);
  }

  private int run(String call, long... arguments) {
    return run(standard, SeccompArchitecture.X86_64, call, arguments);
  }

  @Test
  void standard_everyArchitectureAndCall_isWhatTheRulesSay() {
    for (Capabilities bounding :
        List.of(Capabilities.NONE, Capabilities.DEFAULT, Capabilities.ALL)) {
      Map<String, List<SeccompRule>> rules = SeccompText.standard().rules(bounding).byName();
      for (List<SeccompArchitecture> machine : List.of(INTEL, ARM)) {
        BpfInterpreter filter = interpreter(bounding, machine);
        for (SeccompArchitecture architecture : machine) {
          assertAllAsTheRulesSay(filter, architecture, rules);
        }
      }
    }
  }

  private void assertAllAsTheRulesSay(
      BpfInterpreter filter,
      SeccompArchitecture architecture,
      Map<String, List<SeccompRule>> rules) {
    int newest = table.number("removexattrat", architecture);
    for (String name :
        SecurityResource.lines("syscalls.txt").stream().map(l -> l.split(" ")[0]).toList()) {
      int number = table.number(name, architecture);
      if (number < 0) {
        continue;
      }
      List<SeccompRule> expected = rules.getOrDefault(name, List.of());
      int result = filter.run(architecture.audit, number);
      if (expected.isEmpty()) {
        assertEquals(number > newest ? ENOSYS : EPERM, result, architecture + " " + name);
      } else if (expected.get(0).isPlain()) {
        assertEquals(expected.get(0).action(), result, architecture + " " + name);
      } else {
        assertEquals(ALLOW, result, architecture + " " + name + " with arguments of zero");
      }
    }
  }

  @Test
  void standard_everyNameOfTheProfile_isInTheTable() {
    assertEquals(
        List.of(), SeccompText.standard().names().stream().filter(n -> !table.knows(n)).toList());
  }

  @Test
  void standard_dangerousCalls_areRefused() {
    for (String call :
        List.of(
            "mount",
            "umount2",
            "unshare",
            "setns",
            "bpf",
            "keyctl",
            "add_key",
            "request_key",
            "kexec_load",
            "init_module",
            "open_by_handle_at",
            "perf_event_open",
            "userfaultfd",
            "io_uring_setup",
            "reboot",
            "swapon",
            "acct",
            "settimeofday",
            "iopl",
            "open_tree",
            "fsopen",
            "move_mount",
            "mount_setattr",
            "pidfd_getfd",
            "kcmp",
            "move_pages",
            "syslog",
            "pivot_root",
            "sethostname",
            "quotactl",
            "fanotify_init")) {
      assertEquals(EPERM, run(call), call);
    }
  }

  @Test
  void standard_chrootWithItsCapability_isAllowed() {
    assertEquals(ALLOW, run("chroot"));
    assertEquals(
        EPERM, run(interpreter(Capabilities.NONE, INTEL), SeccompArchitecture.X86_64, "chroot"));
  }

  @Test
  void standard_numberOfNoCall_isEnosysWhenNewerAndEpermWhenBetween() {
    assertEquals(ENOSYS, standard.run(SeccompArchitecture.X86_64.audit, 9999));
    assertEquals(ENOSYS, standard.run(SeccompArchitecture.X86_64.audit, -1));
    assertEquals(EPERM, standard.run(SeccompArchitecture.X86_64.audit, 400));
  }

  @Test
  void standard_foreignArchitecture_killsTheProcess() {
    assertEquals(SeccompRule.KILL_PROCESS, standard.run(SeccompArchitecture.AARCH64.audit, 0));
  }

  @Test
  void standard_cloneWithANewNamespace_isRefused() {
    assertEquals(ALLOW, run("clone", 0x01200011));
    for (int bit : new int[] {17, 25, 26, 27, 28, 29, 30}) {
      assertEquals(EPERM, run("clone", 0x11 | 1L << bit), "bit " + bit);
    }
    assertEquals(ENOSYS, run("clone3"));
    BpfInterpreter all = interpreter(Capabilities.ALL, INTEL);
    assertEquals(ALLOW, run(all, SeccompArchitecture.X86_64, "clone", 1L << 28));
    assertEquals(ALLOW, run(all, SeccompArchitecture.X86_64, "clone3"));
  }

  @Test
  void standard_socketOfAFamilyWithoutNamespaces_isRefused() {
    for (SeccompArchitecture architecture : INTEL) {
      assertEquals(ALLOW, run(standard, architecture, "socket", 2));
      assertEquals(ALLOW, run(standard, architecture, "socket", 39));
      assertEquals(EPERM, run(standard, architecture, "socket", 38));
      assertEquals(EPERM, run(standard, architecture, "socket", 40));
    }
    assertEquals(EPERM, run("socket", 0x1_0000_0026L), "the kernel drops the high half");
  }

  @Test
  void standard_personality_fiveValues() {
    for (long allowed : new long[] {0, 8, 0x20000, 0x20008, 0xffffffffL}) {
      assertEquals(ALLOW, run("personality", allowed));
    }
    for (long refused : new long[] {1, 9, 0x40000, 0x1_0000_0000L, -1}) {
      assertEquals(EPERM, run("personality", refused));
    }
  }

  @Test
  void compile_everyComparison_asJavaComparesUnsigned() {
    long[] values = {
      0,
      1,
      7,
      8,
      9,
      0xffff_ffffL,
      0x1_0000_0000L,
      0x8_0000_0008L,
      0x8_0000_0007L,
      Long.MIN_VALUE,
      -1
    };
    for (String sign : List.of("==", "!=", "<", "<=", ">", ">=")) {
      for (long mask : new long[] {-1, 0xff, 0xff_0000_00ffL}) {
        for (long value : values) {
          String masked = mask == -1 ? "" : "& 0x" + Long.toHexString(mask) + " ";
          String group = "allow arg2 " + masked + sign + " " + value;
          SeccompText profile = SeccompText.parse(List.of(group, "  read"));
          compareAll(profile, sign, mask, value, values);
        }
      }
    }
  }

  private void compareAll(
      SeccompText profile, String sign, long mask, long value, long[] arguments) {
    BpfInterpreter filter =
        new BpfInterpreter(
            new SeccompProgram(
                new SeccompCompiler(table, profile.rules(Capabilities.NONE)).compile(INTEL), 0));
    for (long argument : arguments) {
      int order = Long.compareUnsigned(argument & mask, value);
      boolean fits =
          switch (sign) {
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
          };
      assertEquals(
          fits ? ALLOW : EPERM,
          run(filter, SeccompArchitecture.X86_64, "read", 0, 0, argument),
          () ->
              Long.toHexString(argument)
                  + " & "
                  + Long.toHexString(mask)
                  + sign
                  + Long.toHexString(value));
    }
  }

  @Test
  void standard_size_isSmallAndRunsFewInstructions() {
    SeccompProgram program = SeccompPrograms.ofThisMachine().standard(Capabilities.DEFAULT);
    assertTrue(program.instructions() < 500, program::toString);
    long steps = 0;
    for (int number = 0; number < 460; number++) {
      standard.run(SeccompArchitecture.X86_64.audit, number);
      steps += standard.steps();
    }
    assertTrue(steps / 460 < 14, "average " + steps / 460.0);
  }
}
