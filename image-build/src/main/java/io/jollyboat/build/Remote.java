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
   * @throws IllegalArgumentException a source that only ADD takes, or that is not supported yet
   */
  static void refuse(String source, boolean ofAdd) {
    if (!isAddress(source)) {
      return;
    }
    throw new IllegalArgumentException(
        ofAdd
            ? "ADD of " + source + " is not supported yet: fetch it in a RUN, or into the context"
            : source + " is an address: COPY takes files only, use ADD");
  }
}
