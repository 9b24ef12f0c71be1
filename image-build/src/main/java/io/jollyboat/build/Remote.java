package io.jollyboat.build;

import java.util.Locale;
import java.util.regex.Pattern;

/** Sources of ADD that are not in the build context. */
final class Remote {
  private static final Pattern GIT =
      Pattern.compile("(?i)git@.*|git://.*|ssh://.*|https?://.*\\.git(#.*)?|https?://[^#]*#.*");

  private Remote() {}

  static boolean isAddress(String source) {
    String lower = source.toLowerCase(Locale.ROOT);
    return lower.startsWith("http://") || lower.startsWith("https://") || isGit(source);
  }

  static boolean isGit(String source) {
    return GIT.matcher(source).matches();
  }

  /**
   * Makes sure that a source is one that can be fetched.
   *
   * @throws IllegalArgumentException a source that only ADD takes, or that is not supported yet
   */
  static void check(String address, boolean ofAdd) {
    if (!ofAdd) {
      throw new IllegalArgumentException(
          address + " is an address: COPY takes files only, use ADD");
    }
    if (isGit(address)) {
      throw new IllegalArgumentException(
          "ADD of "
              + address
              + " is not supported yet: git repositories can be fetched in a RUN, or into the"
              + " context");
    }
  }
}
