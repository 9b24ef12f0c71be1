package io.jollyboat.linux.syscall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Files as block devices: loop(4). Safe for use by several threads. */
public final class LoopCalls {
  private static final long LOOP_CTL_GET_FREE = 0x4c82;
  private static final long LOOP_CONFIGURE = 0x4c0a;
  private static final int LO_FLAGS_AUTOCLEAR = 4;

  /** struct loop_config: descriptor, block size, struct loop_info64 of 232 bytes, reserved. */
  private static final int CONFIG_SIZE = 304;

  private static final int FLAGS = 60;

  static {
    NativeAccess.register(LoopCalls.class);
  }

  private LoopCalls() {}

  /** The number of a device that is free, or was a moment ago. */
  public static int free(Fd control) {
    int found = control.held(number -> ioctl(number, LOOP_CTL_GET_FREE, 0L));
    return Errno.check(found, "loop get free", control.toString());
  }

  /**
   * Makes a device stand for a file, until nobody has the device open or mounted any more.
   *
   * @throws KernelException with EBUSY when the device is not free
   */
  public static void configure(Fd device, Fd file) {
    byte[] config =
        ByteBuffer.allocate(CONFIG_SIZE)
            .order(ByteOrder.nativeOrder())
            .putInt(0, file.number())
            .putInt(FLAGS, LO_FLAGS_AUTOCLEAR)
            .array();
    int result = device.held(number -> ioctl(number, LOOP_CONFIGURE, config));
    Errno.check(result, "loop configure", device.toString());
  }

  private static native int ioctl(int fd, long request, long argument);

  private static native int ioctl(int fd, long request, byte[] argument);
}
