package io.jollyboat.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What EXPOSE takes, {@code 80}, {@code 8000-8010/udp}, as the names in a configuration. */
final class PortNames {
  private static final Pattern FORM =
      Pattern.compile("(?:.*:)?([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/([A-Za-z]+))?");

  private PortNames() {}

  /**
   * @throws IllegalArgumentException not a port
   */
  static List<String> of(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw invalid(text);
    }
    int first = Integer.parseInt(matcher.group(1));
    int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
    String protocol = matcher.group(3) == null ? "tcp" : matcher.group(3).toLowerCase(Locale.ROOT);
    if (last < first || last > 65535 || !List.of("tcp", "udp", "sctp").contains(protocol)) {
      throw invalid(text);
    }
    List<String> names = new ArrayList<>();
    for (int port = first; port <= last; port++) {
      names.add(port + "/" + protocol);
    }
    return names;
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException(
        "\""
            + text
            + "\" is not a port: write 80, 53/udp or 8000-8010/tcp, from 0 to 65535, with tcp, udp"
            + " or sctp");
  }
}
