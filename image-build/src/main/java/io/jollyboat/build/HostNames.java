package io.jollyboat.build;

import io.jollyboat.spi.host.FileNames;
import java.net.URI;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Names of this machine's files as the bytes that they are, whatever the character set of the Java
 * runtime: the paths of java.nio keep the bytes, but say them only as a URI.
 */
final class HostNames {
  private HostNames() {}

  /** The last component. */
  static String of(Path path) {
    Path name = path.getFileName();
    String text = name.toString();
    return isAscii(text) ? text : FileNames.decode(lastSegment(name.toUri().getRawPath()));
  }

  /** A relative path of one component. */
  static Path path(String name) {
    if (isAscii(name)) {
      return Path.of(name);
    }
    StringBuilder uri = new StringBuilder("file:///");
    for (byte b : FileNames.encode(name)) {
      uri.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
    }
    return Path.of(URI.create(uri.toString())).getFileName();
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static byte[] lastSegment(String rawPath) {
    int end = rawPath.endsWith("/") ? rawPath.length() - 1 : rawPath.length();
    String segment = rawPath.substring(rawPath.lastIndexOf('/', end - 1) + 1, end);
    byte[] bytes = new byte[segment.length()];
    int length = 0;
    for (int i = 0; i < segment.length(); i++) {
      if (segment.charAt(i) == '%') {
        bytes[length++] = (byte) HexFormat.fromHexDigits(segment, i + 1, i + 3);
        i += 2;
      } else {
        bytes[length++] = (byte) segment.charAt(i);
      }
    }
    return java.util.Arrays.copyOf(bytes, length);
  }
}
