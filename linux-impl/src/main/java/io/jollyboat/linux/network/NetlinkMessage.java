package io.jollyboat.linux.network;

/**
 * One request to the kernel.
 *
 * @param type the message type, such as {@code RTM_NEWLINK}
 * @param flags {@code NLM_F_CREATE} and the like; request and acknowledgement are added when sent
 * @param call what it does, for error messages: {@code create bridge}
 * @param what what it does it to: {@code jb-12ab34cd}
 * @param body the message's own header and its attributes
 */
record NetlinkMessage(int type, int flags, String call, String what, Attributes body) {

  static final int REQUEST = 0x1;
  static final int ACKNOWLEDGE = 0x4;
  static final int EXCLUSIVE = 0x200;
  static final int DUMP = 0x300;
  static final int CREATE = 0x400;
}
