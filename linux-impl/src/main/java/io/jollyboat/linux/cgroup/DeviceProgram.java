package io.jollyboat.linux.cgroup;

import io.jollyboat.linux.syscall.BpfCalls;
import io.jollyboat.linux.syscall.Fd;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Device rules of v2 as an eBPF program of the type BPF_PROG_TYPE_CGROUP_DEVICE: given type,
 * access, major and minor of a device (struct bpf_cgroup_dev_ctx of linux/bpf.h) it answers 1 to
 * allow, 0 to refuse. One block of instructions per rule, the last rule first, as the last that
 * fits decides; whatever fails in a block jumps to the next. A rule that allows fits what lies
 * within its access, one that refuses what touches it.
 */
final class DeviceProgram {
  // Instruction classes and operations of linux/bpf_common.h and linux/bpf.h.
  private static final int LOAD_WORD = 0x61;
  private static final int MOVE_REGISTER = 0xbf;
  private static final int MOVE_CONSTANT = 0xb7;
  private static final int AND_CONSTANT = 0x57;
  private static final int SHIFT_RIGHT = 0x77;
  private static final int JUMP_EQUAL = 0x15;
  private static final int JUMP_UNEQUAL = 0x55;
  private static final int EXIT = 0x95;

  private static final int RESULT = 0;
  private static final int CONTEXT = 1;
  private static final int TYPE = 2;
  private static final int ACCESS = 3;
  private static final int MAJOR = 4;
  private static final int MINOR = 5;
  private static final int SCRATCH = 6;

  private static final int ALL_ACCESS = 7;

  /** Instructions of an answer. */
  private static final int ANSWER = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private DeviceProgram() {}

  static Fd load(List<DeviceRule> rules) {
    return BpfCalls.loadDeviceProgram(instructions(rules));
  }

  /** Struct bpf_insn, one after the other, in the machine's byte order. */
  static byte[] instructions(List<DeviceRule> rules) {
    DeviceProgram program = new DeviceProgram();
    program.loadContext();
    int last = rules.size() - 1;
    // Nothing is behind an answer for all: the kernel refuses what can never be reached.
    while (last >= 0 && !rules.get(last).fitsAll()) {
      program.decide(rules.get(last--));
    }
    program.answer(last >= 0 && rules.get(last).allow() ? 1 : 0);
    return program.out.toByteArray();
  }

  private void loadContext() {
    put(LOAD_WORD, TYPE, CONTEXT, 0, 0);
    put(MOVE_REGISTER, ACCESS, TYPE, 0, 0);
    put(AND_CONSTANT, TYPE, 0, 0, 0xffff);
    put(SHIFT_RIGHT, ACCESS, 0, 0, 16);
    put(LOAD_WORD, MAJOR, CONTEXT, 4, 0);
    put(LOAD_WORD, MINOR, CONTEXT, 8, 0);
  }

  private void decide(DeviceRule rule) {
    int access = access(rule.access());
    int tested = rule.allow() ? ALL_ACCESS & ~access : access;
    int minorTest = rule.minor() < 0 ? 0 : 1;
    int majorTest = rule.major() < 0 ? 0 : 1;
    boolean anyAccess = access == ALL_ACCESS;
    int accessTest = anyAccess ? 0 : 3;
    // A jump counts the instructions that it leaves out: what follows it of this block.
    if (rule.type() != 'a') {
      int rest = accessTest + majorTest + minorTest + ANSWER;
      put(JUMP_UNEQUAL, TYPE, 0, rest, rule.type() == 'b' ? 1 : 2);
    }
    if (!anyAccess) {
      put(MOVE_REGISTER, SCRATCH, ACCESS, 0, 0);
      put(AND_CONSTANT, SCRATCH, 0, 0, tested);
      int unfit = rule.allow() ? JUMP_UNEQUAL : JUMP_EQUAL;
      put(unfit, SCRATCH, 0, majorTest + minorTest + ANSWER, 0);
    }
    if (rule.major() >= 0) {
      put(JUMP_UNEQUAL, MAJOR, 0, minorTest + ANSWER, rule.major());
    }
    if (rule.minor() >= 0) {
      put(JUMP_UNEQUAL, MINOR, 0, ANSWER, rule.minor());
    }
    answer(rule.allow() ? 1 : 0);
  }

  private void answer(int value) {
    put(MOVE_CONSTANT, RESULT, 0, 0, value);
    put(EXIT, 0, 0, 0, 0);
  }

  /** BPF_DEVCG_ACC_*: make 1, read 2, write 4. */
  private static int access(String letters) {
    return (letters.contains("m") ? 1 : 0)
        | (letters.contains("r") ? 2 : 0)
        | (letters.contains("w") ? 4 : 0);
  }

  private void put(int code, int destination, int source, int offset, int constant) {
    ByteBuffer instruction = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
    instruction
        .put((byte) code)
        .put((byte) (source << 4 | destination))
        .putShort((short) offset)
        .putInt(constant);
    out.writeBytes(instruction.array());
  }
}
