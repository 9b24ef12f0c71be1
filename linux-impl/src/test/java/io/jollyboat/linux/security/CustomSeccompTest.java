package io.jollyboat.linux.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.oci.SeccompProfile;
import io.jollyboat.oci.SeccompProfile.KernelVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

class CustomSeccompTest {
  private static final int ALLOW = SeccompRule.ALLOW;
  private static final int EPERM = SeccompRule.EPERM;
  private static final KernelVersion KERNEL = new KernelVersion(5, 10);
  private static final SeccompArchitecture OWN = SeccompArchitecture.X86_64;

  private final SyscallTable table = SyscallTable.load();
  private Capabilities bounding = Capabilities.DEFAULT;
  private String head = "'defaultAction': 'SCMP_ACT_ERRNO'";

  private BpfInterpreter filter(String... rules) {
    String json = "{" + head + ", 'syscalls': [" + String.join(",", rules) + "]}";
    SeccompProfile profile = SeccompProfile.parse(json.replace('\'', '"'));
    return new BpfInterpreter(SeccompPrograms.ofMachine("amd64", KERNEL).custom(profile, bounding));
  }

  private static String rule(String names, String action, String... more) {
    String rest = more.length == 0 ? "" : ", " + String.join(", ", more);
    return "{'names': [" + names + "], 'action': 'SCMP_ACT_" + action + "'" + rest + "}";
  }

  private static String arguments(String... each) {
    return "'args': [" + String.join(",", each) + "]";
  }

  private static String argument(int index, String op, long value, long valueTwo) {
    return "{'index': "
        + index
        + ", 'op': 'SCMP_CMP_"
        + op
        + "', 'value': "
        + Long.toUnsignedString(value)
        + ", 'valueTwo': "
        + Long.toUnsignedString(valueTwo)
        + "}";
  }

  private int run(BpfInterpreter filter, String call, long... arguments) {
    return filter.run(OWN.audit, table.number(call, OWN), arguments);
  }

  @Test
  void custom_everyAction_isTheKernels() {
    BpfInterpreter filter =
        filter(
            rule("'read'", "ALLOW"),
            rule("'write'", "LOG"),
            rule("'open'", "TRACE", "'errnoRet': 17"),
            rule("'close'", "ERRNO", "'errnoRet': 5"),
            rule("'stat'", "TRAP"),
            rule("'poll'", "KILL"),
            rule("'lseek'", "KILL_THREAD"),
            rule("'mmap'", "KILL_PROCESS"));
    assertEquals(0x7fff0000, run(filter, "read"));
    assertEquals(0x7ffc0000, run(filter, "write"));
    assertEquals(0x7ff00011, run(filter, "open"));
    assertEquals(0x00050005, run(filter, "close"));
    assertEquals(0x00030000, run(filter, "stat"));
    assertEquals(0, run(filter, "poll"));
    assertEquals(0, run(filter, "lseek"));
    assertEquals(0x80000000, run(filter, "mmap"));
    assertEquals(EPERM, run(filter, "fstat"));
  }

  @Test
  void custom_everyComparison_isUnsignedAndOf64Bits() {
    long big = 0x8_0000_0008L;
    assertOp("NE", big, 0, new long[] {0, 8, -1}, new long[] {big});
    assertOp("LT", big, 0, new long[] {0, big - 1}, new long[] {big, -1});
    assertOp("LE", big, 0, new long[] {0, big}, new long[] {big + 1, -1});
    assertOp("EQ", big, 0, new long[] {big}, new long[] {8, 0, -1});
    assertOp("GE", big, 0, new long[] {big, -1}, new long[] {big - 1, 0});
    assertOp("GT", big, 0, new long[] {big + 1, -1}, new long[] {big, 0});
    assertOp("MASKED_EQ", 0xf0, 0x20, new long[] {0x20, 0x2f, big << 8 | 0x21}, new long[] {0x30});
  }

  private void assertOp(String op, long value, long valueTwo, long[] fitting, long[] others) {
    BpfInterpreter filter =
        filter(rule("'read'", "ALLOW", arguments(argument(3, op, value, valueTwo))));
    for (long fits : fitting) {
      assertEquals(ALLOW, run(filter, "read", 0, 0, 0, fits), op + " " + fits);
    }
    for (long other : others) {
      assertEquals(EPERM, run(filter, "read", 0, 0, 0, other), op + " " + other);
    }
  }

  @Test
  void custom_argumentsOfOneRule_mustAllFit() {
    BpfInterpreter filter =
        filter(
            rule("'read'", "ALLOW", arguments(argument(0, "EQ", 1, 0), argument(2, "GT", 9, 0))));
    assertEquals(ALLOW, run(filter, "read", 1, 0, 10));
    assertEquals(EPERM, run(filter, "read", 1, 0, 9));
    assertEquals(EPERM, run(filter, "read", 2, 0, 10));
  }

  @Test
  void custom_twoConditionsOnOneArgument_areAlternatives() {
    BpfInterpreter filter =
        filter(
            rule("'read'", "ALLOW", arguments(argument(0, "EQ", 1, 0), argument(0, "EQ", 3, 0))));
    assertEquals(ALLOW, run(filter, "read", 1));
    assertEquals(ALLOW, run(filter, "read", 3));
    assertEquals(EPERM, run(filter, "read", 2));
  }

  @Test
  void custom_unconditionalRule_outweighsOthersWhereverItStands() {
    String conditional = rule("'read'", "TRAP", arguments(argument(0, "EQ", 1, 0)));
    String plain = rule("'read'", "ALLOW");
    assertEquals(ALLOW, run(filter(conditional, plain), "read", 1));
    assertEquals(ALLOW, run(filter(plain, conditional), "read", 1));
  }

  @Test
  void custom_circumstances_decideWhetherARuleCounts() {
    BpfInterpreter filter =
        filter(
            rule("'mount'", "ALLOW", "'includes': {'caps': ['CAP_SYS_ADMIN']}"),
            rule("'chroot'", "ALLOW", "'includes': {'caps': ['CAP_SYS_CHROOT', 'CAP_CHOWN']}"),
            rule("'clone'", "ALLOW", "'excludes': {'caps': ['CAP_SYS_ADMIN', 'CAP_NEW_ONE']}"),
            rule("'kcmp'", "ALLOW", "'excludes': {'caps': ['CAP_CHOWN']}"),
            rule("'read'", "ALLOW", "'includes': {'arches': ['amd64']}"),
            rule("'write'", "ALLOW", "'includes': {'arches': ['arm64']}"),
            rule("'open'", "ALLOW", "'excludes': {'arches': ['s390x', 'amd64']}"),
            rule("'ptrace'", "ALLOW", "'includes': {'minKernel': '4.8'}"),
            rule("'bpf'", "ALLOW", "'includes': {'minKernel': '5.11'}"),
            rule("'acct'", "ALLOW", "'excludes': {'minKernel': '5.10'}"));
    for (String counts : List.of("chroot", "clone", "read", "ptrace")) {
      assertEquals(ALLOW, run(filter, counts), counts);
    }
    for (String not : List.of("mount", "kcmp", "write", "open", "bpf", "acct")) {
      assertEquals(EPERM, run(filter, not), not);
    }
    bounding = Capabilities.ALL;
    assertEquals(
        ALLOW,
        run(filter(rule("'mount'", "ALLOW", "'includes': {'caps': ['SYS_ADMIN']}")), "mount"));
  }

  @Test
  void custom_nameThatNoKernelHas_isNoError() {
    BpfInterpreter filter = filter(rule("'read', 'not_yet_invented'", "ALLOW"));
    assertEquals(ALLOW, run(filter, "read"));
  }

  @Test
  void custom_callNewerThanAnyNamed_isEnosysUnlessTheRestIsAllowed() {
    assertEquals(SeccompRule.ENOSYS, run(filter(rule("'read'", "ALLOW")), "openat2"));
    head = "'defaultAction': 'SCMP_ACT_KILL'";
    assertEquals(SeccompRule.ENOSYS, run(filter(rule("'read'", "ALLOW")), "openat2"));
    head = "'defaultAction': 'SCMP_ACT_ALLOW'";
    assertEquals(ALLOW, run(filter(rule("'read'", "KILL")), "openat2"));
    assertEquals(0, run(filter(rule("'read'", "KILL")), "read"));
    assertEquals(ALLOW, run(filter(), "read"));
  }

  @Test
  void custom_architectures_areTheMachinesOwnAndThoseNamed() {
    head = "'defaultAction': 'SCMP_ACT_ALLOW'";
    String kill = rule("'read'", "ERRNO");
    assertEquals(SeccompRule.KILL_PROCESS, x86(filter(kill), "write"));
    assertEquals(SeccompRule.KILL_PROCESS, x32(filter(kill), "write"));
    head += ", 'architectures': ['SCMP_ARCH_X86', 'SCMP_ARCH_ARM']";
    assertEquals(ALLOW, x86(filter(kill), "write"));
    assertEquals(EPERM, x86(filter(kill), "read"));
    assertEquals(SeccompRule.KILL_PROCESS, x32(filter(kill), "write"), "would evade every rule");
    head =
        "'defaultAction': 'SCMP_ACT_ALLOW', 'archMap': [{'architecture': 'SCMP_ARCH_X86_64',"
            + " 'subArchitectures': ['SCMP_ARCH_X32']}, {'architecture': 'SCMP_ARCH_S390X',"
            + " 'subArchitectures': ['SCMP_ARCH_X86']}]";
    assertEquals(EPERM, x32(filter(kill), "read"));
    assertEquals(ALLOW, x32(filter(kill), "write"));
    assertEquals(SeccompRule.KILL_PROCESS, x86(filter(kill), "write"));
    assertEquals(ALLOW, filter(kill).run(OWN.audit, -1), "what a tracer sets");
  }

  private int x86(BpfInterpreter filter, String call) {
    SeccompArchitecture x86 = SeccompArchitecture.X86;
    return filter.run(x86.audit, table.number(call, x86));
  }

  private int x32(BpfInterpreter filter, String call) {
    SeccompArchitecture x32 = SeccompArchitecture.X32;
    return filter.run(x32.audit, table.number(call, x32));
  }

  @Test
  void custom_moreThanTheKernelTakes_isRefused() {
    String[] many = new String[900];
    for (int i = 0; i < many.length; i++) {
      many[i] =
          rule(
              "'read'",
              i % 2 == 0 ? "ALLOW" : "TRAP",
              arguments(argument(0, "EQ", i, 0), argument(1, "LT", 7L << 32, 0)));
    }
    Exception refused = assertThrows(IllegalArgumentException.class, () -> filter(many));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.endsWith("the kernel takes 4096"), message);
  }

  @Test
  void sandbox_whateverItsCapabilities_isTighterThanTheDefault() {
    List<String> refused =
        List.of(
            "ptrace",
            "process_vm_readv",
            "process_vm_writev",
            "io_uring_setup",
            "io_uring_enter",
            "userfaultfd",
            "keyctl",
            "add_key",
            "request_key",
            "perf_event_open",
            "bpf",
            "mount",
            "umount2",
            "move_mount",
            "fsopen",
            "fsmount",
            "open_tree",
            "mount_setattr",
            "pivot_root",
            "unshare",
            "setns",
            "chroot",
            "kcmp",
            "pidfd_getfd",
            "vmsplice",
            "memfd_secret",
            "name_to_handle_at",
            "open_by_handle_at",
            "modify_ldt");
    SeccompPrograms programs = SeccompPrograms.ofMachine("amd64", KERNEL);
    for (Capabilities held : List.of(Capabilities.NONE, Capabilities.ALL)) {
      BpfInterpreter sandbox = new BpfInterpreter(programs.sandbox(held));
      for (String call : refused) {
        assertEquals(EPERM, run(sandbox, call), call);
      }
      assertEquals(EPERM, run(sandbox, "clone", 0x10000000), "a new user namespace");
      assertEquals(ALLOW, run(sandbox, "clone", 0x01200011));
      assertEquals(SeccompRule.ENOSYS, run(sandbox, "clone3"));
      assertEquals(EPERM, run(sandbox, "ioctl", 0, 0x5412), "TIOCSTI");
      assertEquals(EPERM, run(sandbox, "ioctl", 0, 0xff_0000_5412L), "the kernel drops the rest");
      assertEquals(ALLOW, run(sandbox, "ioctl", 0, 0x5401));
      assertEquals(ALLOW, run(sandbox, "socket", 2));
      assertEquals(SeccompRule.errno(97), run(sandbox, "socket", 17), "raw packets");
      assertEquals(ALLOW, run(sandbox, "execve"));
    }
  }

  @Test
  void sandbox_everyName_isOneOfTheDefaultProfile() {
    List<String> standard = SeccompText.standard().names();
    assertEquals(
        List.of(),
        SeccompText.sandbox().names().stream().filter(n -> !standard.contains(n)).toList());
  }
}
