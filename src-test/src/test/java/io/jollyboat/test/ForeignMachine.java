package io.jollyboat.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * Lets this machine's kernel run programs for AArch64 by qemu, until it is closed; where it does so
 * anyway, nothing is changed. See the kernel's admin-guide/binfmt-misc.
 */
public final class ForeignMachine implements AutoCloseable {
  private static final Path BINFMT = Path.of("/proc/sys/fs/binfmt_misc");
  private static final String NAME = "jollyboat-test-aarch64";
  private static final String AARCH64 =
      "\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int START = 0x400000;
  private static final int HEADERS = 64 + 56;

  /** Opens /made in its root for writing, writes "aarch64", ends with 0. */
  private static final int[] PROGRAM = {
    0x92800c60, // mov x0, AT_FDCWD
    0x100001c1, // adr x1, "/made"
    0xd2800822, // mov x2, O_CREAT|O_WRONLY
    0xd2803483, // mov x3, 0644
    0xd2800708, // mov x8, openat
    0xd4000001, // svc
    0x100000e1, // adr x1, "aarch64"
    0xd2800102, // mov x2, 8
    0xd2800808, // mov x8, write
    0xd4000001, // svc
    0xd2800000, // mov x0, 0
    0xd2800ba8, // mov x8, exit
    0xd4000001, // svc
  };

  private final boolean mounted;
  private final boolean registered;

  private ForeignMachine(boolean mounted, boolean registered) {
    this.mounted = mounted;
    this.registered = registered;
  }

  public static ForeignMachine start() {
    boolean mounted = !Files.exists(BINFMT.resolve("register"));
    if (mounted) {
      mount();
    }
    ForeignMachine machine = new ForeignMachine(mounted, !runsForeign());
    if (machine.registered) {
      String mask =
          "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff";
      Path qemu = Command.find("qemu-aarch64-static");
      write("register", ":" + NAME + ":M::" + AARCH64 + ":" + mask + ":" + qemu + ":F");
    }
    return machine;
  }

  private static void mount() {
    String unused =
        Command.run(LIMIT, "mount", "-t", "binfmt_misc", "binfmt_misc", BINFMT.toString());
  }

  private static boolean runsForeign() {
    return Files.exists(BINFMT.resolve("qemu-aarch64"));
  }

  private static void write(String file, String text) {
    try {
      Files.writeString(
          BINFMT.resolve(file), text, StandardCharsets.ISO_8859_1, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A static program for AArch64 that makes the file /made with its architecture's name in it. */
  public static byte[] program() {
    byte[] data = "aarch64\n/made\0".getBytes(StandardCharsets.US_ASCII);
    int size = HEADERS + 4 * PROGRAM.length + data.length;
    ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1); // 64 bits, little endian
    elf.position(16);
    elf.putShort((short) 2).putShort((short) 183).putInt(1); // executable, AArch64
    elf.putLong(START + HEADERS).putLong(64).putLong(0); // entry, program headers, no sections
    elf.putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) 1);
    elf.position(64);
    elf.putInt(1).putInt(5).putLong(0); // loaded, readable and executable
    elf.putLong(START).putLong(START).putLong(size).putLong(size).putLong(0x1000);
    for (int instruction : PROGRAM) {
      elf.putInt(instruction);
    }
    elf.put(data);
    return elf.array();
  }

  @Override
  public void close() {
    if (registered) {
      write(NAME, "-1");
    }
    if (mounted) {
      String unused = Command.run(LIMIT, "umount", BINFMT.toString());
    }
  }
}
