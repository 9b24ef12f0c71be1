package io.jollyboat.build.packages;

import io.jollyboat.InstalledPackage;
import io.jollyboat.InstalledPackage.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The header of an installed package as rpm keeps it: two counts, an index of tags, and what they
 * point to. All numbers are big-endian.
 */
final class RpmHeader {
  private static final int NAME = 1000;
  private static final int VERSION = 1001;
  private static final int RELEASE = 1002;
  private static final int EPOCH = 1003;
  private static final int LICENSE = 1014;
  private static final int ARCHITECTURE = 1022;
  private static final int SOURCE = 1044;

  private static final Set<Integer> WANTED =
      Set.of(NAME, VERSION, RELEASE, EPOCH, LICENSE, ARCHITECTURE, SOURCE);

  private static final int TYPE_INT32 = 4;
  private static final int TYPE_STRING = 6;
  private static final int ENTRY = 16;

  private final Map<Integer, String> values = new HashMap<>();

  private RpmHeader() {}

  /**
   * @throws IOException it says that it is longer than it is
   */
  static void read(byte[] blob, String path, Findings findings) throws IOException {
    if (blob.length < 8) {
      throw new IOException("a package's header of " + blob.length + " bytes");
    }
    ByteBuffer header = ByteBuffer.wrap(blob);
    long entries = Integer.toUnsignedLong(header.getInt(0));
    long start = 8 + entries * ENTRY;
    if (start > blob.length) {
      throw new IOException("a package's header with " + entries + " tags, which it has not");
    }
    RpmHeader read = new RpmHeader();
    for (int i = 0; i < entries; i++) {
      read.entry(header, 8 + i * ENTRY, (int) start);
    }
    read.add(path, findings);
  }

  private void entry(ByteBuffer header, int at, int start) throws IOException {
    int tag = header.getInt(at);
    if (!WANTED.contains(tag) || values.containsKey(tag)) {
      return;
    }
    int type = header.getInt(at + 4);
    long place = start + Integer.toUnsignedLong(header.getInt(at + 8));
    if (type == TYPE_STRING) {
      values.put(tag, text(header, place));
    } else if (type == TYPE_INT32 && place + 4 <= header.limit()) {
      values.put(tag, Integer.toUnsignedString(header.getInt((int) place)));
    }
  }

  private static String text(ByteBuffer header, long place) throws IOException {
    int end = (int) Math.min(place, header.limit());
    while (end < header.limit() && header.get(end) != 0) {
      end++;
    }
    if (end == header.limit()) {
      throw new IOException("a package's header whose texts do not end");
    }
    byte[] text = new byte[end - (int) place];
    header.get((int) place, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private String value(int tag) {
    return values.getOrDefault(tag, "");
  }

  private void add(String path, Findings findings) {
    if (value(NAME).equals("gpg-pubkey")) {
      return; // a key that packages are checked with
    }
    String epoch = value(EPOCH);
    boolean plain = epoch.isEmpty() || epoch.equals("0");
    String release = value(RELEASE).isEmpty() ? "" : "-" + value(RELEASE);
    findings.add(
        new InstalledPackage(
            Kind.RPM,
            "",
            value(NAME),
            value(VERSION).isEmpty() ? "" : (plain ? "" : epoch + ":") + value(VERSION) + release,
            value(ARCHITECTURE),
            path,
            Optional.of(value(LICENSE)).filter(text -> !text.isEmpty()),
            Optional.of(value(SOURCE)).filter(text -> !text.isEmpty())));
  }
}
