package io.jollyboat.linux.network;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Limits what leaves a link, and leads what comes in by it through another link, where it leaves
 * too: the kernel can only delay what is sent. By rtnetlink, as tc(8) does; numbers are those of
 * {@code linux/pkt_sched.h}, {@code linux/pkt_cls.h} and {@code linux/tc_act/tc_mirred.h}. Safe for
 * use by several threads.
 */
final class TrafficControl {
  private static final int RTM_NEWQDISC = 36;
  private static final int RTM_DELQDISC = 37;
  private static final int RTM_NEWTFILTER = 44;
  private static final int REPLACE = 0x100;

  private static final int TCA_KIND = 1;
  private static final int TCA_OPTIONS = 2;
  private static final int TCA_TBF_PARMS = 1;
  private static final int TCA_TBF_RATE64 = 4;
  private static final int TCA_TBF_BURST = 6;
  private static final int TCA_U32_SEL = 5;
  private static final int TCA_U32_ACT = 7;
  private static final int TCA_ACT_KIND = 1;
  private static final int TCA_ACT_OPTIONS = 2;
  private static final int TCA_MIRRED_PARMS = 2;

  private static final int ROOT = 0xffff_ffff;
  private static final int INGRESS = 0xffff_fff1;
  private static final int ROOT_HANDLE = 0x0001_0000;
  private static final int INGRESS_HANDLE = 0xffff_0000;
  private static final int PRIORITY = 1 << 16;
  private static final int EVERY_PROTOCOL = 0x0003;

  private static final int ETHERNET = 1;
  private static final int TBF_SIZE = 36;
  private static final int RATE_SIZE = 12;
  private static final long LARGEST_RATE = 0xffff_ffffL;

  private static final int TERMINAL = 1;
  private static final int SELECTOR_SIZE = 32;
  private static final int STOLEN = 4;
  private static final int EGRESS_REDIRECT = 1;
  private static final int MIRRED_SIZE = 28;

  /** Two full frames: with less than one, nothing would ever be sent. */
  private static final long SMALLEST_BURST = 2 * 1600;

  private static final long LARGEST_BURST = 1 << 20;
  private static final long SMALLEST_QUEUE = 32 << 10;
  private static final long LARGEST_QUEUE = 4 << 20;

  private final NetlinkSocket socket;

  TrafficControl(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Lets {@code rate} bytes a second leave the link, in place of an earlier limit. */
  void limit(Links.Link link, long rate) {
    long burst = Math.max(SMALLEST_BURST, Math.min(LARGEST_BURST, rate / 50));
    long queue = Math.max(SMALLEST_QUEUE, Math.min(LARGEST_QUEUE, rate / 10));
    ByteBuffer parameters = buffer(TBF_SIZE);
    parameters.put(1, (byte) ETHERNET).putInt(8, (int) Math.min(LARGEST_RATE, rate));
    parameters.putInt(2 * RATE_SIZE, (int) (burst + queue));
    Attributes options =
        new Attributes()
            .bytes(TCA_TBF_PARMS, bytes(parameters))
            .number(TCA_TBF_BURST, (int) burst)
            .bytes(TCA_TBF_RATE64, bytes(buffer(8).putLong(rate)));
    Attributes body =
        header(link, ROOT_HANDLE, ROOT, 0).text(TCA_KIND, "tbf").nest(TCA_OPTIONS, options);
    String call = "limit bandwidth by the kernel's sch_tbf on";
    socket.request(
        new NetlinkMessage(RTM_NEWQDISC, NetlinkMessage.CREATE | REPLACE, call, link.name(), body));
  }

  /** Takes the limit away; none is no error. */
  void unlimit(Links.Link link) {
    remove(header(link, 0, ROOT, 0), "take the limit of bandwidth from", link);
  }

  /** All that comes in by {@code link} goes by {@code through} first. */
  void redirect(Links.Link link, Links.Link through) {
    Attributes ingress = header(link, INGRESS_HANDLE, INGRESS, 0).text(TCA_KIND, "ingress");
    int create = NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE;
    Attributes filter =
        header(link, 0, INGRESS_HANDLE, PRIORITY | networkOrder(EVERY_PROTOCOL))
            .text(TCA_KIND, "u32")
            .nest(TCA_OPTIONS, everything(through));
    socket.request(
        new NetlinkMessage(
            RTM_NEWQDISC,
            create,
            "look at what comes in, by the kernel's sch_ingress, on",
            link.name(),
            ingress));
    socket.request(
        new NetlinkMessage(
            RTM_NEWTFILTER,
            create,
            "redirect what comes in, by the kernel's cls_u32 and act_mirred, on",
            link.name(),
            filter));
  }

  /** What comes in goes its ordinary way; that it did so before is no error. */
  void direct(Links.Link link) {
    remove(header(link, INGRESS_HANDLE, INGRESS, 0), "no longer look at what comes in on", link);
  }

  private void remove(Attributes body, String call, Links.Link link) {
    try {
      socket.request(new NetlinkMessage(RTM_DELQDISC, 0, call, link.name(), body));
    } catch (KernelException e) {
      // No limit, or no link any more.
      if (!e.is(Errno.ENOENT) && !e.is(Errno.EINVAL) && !e.is(Errno.ENODEV)) {
        throw e;
      }
    }
  }

  /** One key whose mask is empty: it fits every packet. */
  private static Attributes everything(Links.Link through) {
    ByteBuffer selector = buffer(SELECTOR_SIZE).put(0, (byte) TERMINAL).put(2, (byte) 1);
    ByteBuffer mirred =
        buffer(MIRRED_SIZE)
            .putInt(8, STOLEN)
            .putInt(20, EGRESS_REDIRECT)
            .putInt(24, through.index());
    Attributes action =
        new Attributes()
            .text(TCA_ACT_KIND, "mirred")
            .nest(TCA_ACT_OPTIONS, new Attributes().bytes(TCA_MIRRED_PARMS, bytes(mirred)));
    return new Attributes()
        .bytes(TCA_U32_SEL, bytes(selector))
        .nest(TCA_U32_ACT, new Attributes().nest(1, action));
  }

  private static int networkOrder(int protocol) {
    return ByteBuffer.wrap(new byte[] {(byte) (protocol >> 8), (byte) protocol})
            .order(ByteOrder.nativeOrder())
            .getShort()
        & 0xffff;
  }

  /** {@code struct tcmsg}. */
  private static Attributes header(Links.Link link, int handle, int parent, int info) {
    return new Attributes()
        .header(
            buffer(20)
                .putInt(4, link.index())
                .putInt(8, handle)
                .putInt(12, parent)
                .putInt(16, info)
                .array());
  }

  private static byte[] bytes(ByteBuffer whole) {
    byte[] bytes = new byte[whole.capacity()];
    whole.get(0, bytes);
    return bytes;
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }
}
