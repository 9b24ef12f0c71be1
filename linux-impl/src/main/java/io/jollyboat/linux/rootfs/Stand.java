package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.TreeCalls;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file of an ordinary user's store stands for, where the kernel would not make the real
 * thing: an owner that he has no id for, a device. It is noted in extended attributes of our own,
 * which no layer has, so that the layer's tar is still what it was.
 *
 * @param first of an owner the user, of a device the major number
 * @param second of an owner the group, of a device the minor number
 */
record Stand(Kind kind, int first, int second) {
  static final String OWNER = "user.jollyboat.owner";
  static final String DEVICE = "user.jollyboat.device";

  private static final Pattern TWO_NUMBERS = Pattern.compile("(\\d{1,10}):(\\d{1,10})");
  private static final long LARGEST = 0xffffffffL;

  static String owner(int user, int group) {
    return Integer.toUnsignedString(user) + ":" + Integer.toUnsignedString(group);
  }

  static String device(int type, int major, int minor) {
    return (type == TreeCalls.S_IFCHR ? "c" : "b") + major + ":" + minor;
  }

  /** Programs inside can write the attribute: what is no note counts for nothing. */
  static Optional<Stand> parseOwner(byte[] value) {
    return parse(new String(value, StandardCharsets.ISO_8859_1), Kind.FILE);
  }

  static Optional<Stand> parseDevice(byte[] value) {
    String text = new String(value, StandardCharsets.ISO_8859_1);
    if (text.startsWith("c")) {
      return parse(text.substring(1), Kind.CHARACTER_DEVICE);
    }
    return text.startsWith("b") ? parse(text.substring(1), Kind.BLOCK_DEVICE) : Optional.empty();
  }

  private static Optional<Stand> parse(String text, Kind kind) {
    Matcher matcher = TWO_NUMBERS.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long first = Long.parseLong(matcher.group(1));
    long second = Long.parseLong(matcher.group(2));
    return first > LARGEST || second > LARGEST
        ? Optional.empty()
        : Optional.of(new Stand(kind, (int) first, (int) second));
  }
}
