package io.jollyboat.build;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A git repository as a source of ADD: {@code https://host/x.git}, {@code ssh://…}, {@code git://…}
 * or {@code user@host:path}, then {@code #ref:directory}, or {@code ?ref=…&tag=…&branch=…
 * &subdir=…&checksum=…&keep-git-dir=…&submodules=…}. Immutable.
 *
 * @param remote what git is given
 * @param ref a branch, a tag or a commit; empty for the remote's HEAD
 * @param directory below the repository's top; empty for all of it
 * @param checksum the commit that it must be, or the start of one
 */
record GitAddress(
    String remote,
    String ref,
    String directory,
    String checksum,
    Optional<Boolean> keepGitDir,
    boolean submodules) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?s)((?:https?|ssh|git)://[^?#]+|[\\w.-]+@[\\w.-]+:[^?#]+)(\\?[^#]*)?(#.*)?");
  private static final Pattern SAFE = Pattern.compile("(?!-)[\\w./@+-]*");

  /** Whether a source has the form of a repository's address. */
  static boolean isOne(String source) {
    Matcher form = FORM.matcher(source);
    return form.matches()
        && (!form.group(1).matches("https?://.*") || form.group(1).endsWith(".git"));
  }

  /**
   * Empty for what is no repository, such as an ordinary address.
   *
   * @throws IllegalArgumentException one with options that are not known
   */
  static Optional<GitAddress> parse(String source) {
    Matcher form = FORM.matcher(source);
    if (!isOne(source) || !form.matches()) {
      return Optional.empty();
    }
    GitAddress plain = new GitAddress(form.group(1), "", "", "", Optional.empty(), true);
    return Optional.of(plain.withFragment(form.group(3)).withQuery(form.group(2)).checked(source));
  }

  private GitAddress withFragment(@Nullable String fragment) {
    if (fragment == null) {
      return this;
    }
    int colon = fragment.indexOf(':');
    String named = fragment.substring(1, colon < 0 ? fragment.length() : colon);
    String below = colon < 0 ? "" : fragment.substring(colon + 1);
    return new GitAddress(remote, named, below, checksum, keepGitDir, submodules);
  }

  private GitAddress withQuery(@Nullable String query) {
    GitAddress all = this;
    for (String option :
        query == null ? List.<String>of() : List.of(query.substring(1).split("&", -1))) {
      int equals = option.indexOf('=');
      String value = equals < 0 ? "" : option.substring(equals + 1);
      all = all.with(equals < 0 ? option : option.substring(0, equals), value);
    }
    return all;
  }

  private GitAddress with(String option, String value) {
    boolean flag = option.equals("keep-git-dir") || option.equals("submodules");
    if (value.isEmpty() && !flag) {
      throw new IllegalArgumentException("the option " + option + " of a git address has no value");
    }
    return switch (option) {
      case "ref" -> ref(value);
      case "tag" -> ref(value.startsWith("refs/tags/") ? value : "refs/tags/" + value);
      case "branch" -> ref(value.startsWith("refs/heads/") ? value : "refs/heads/" + value);
      case "subdir" -> new GitAddress(remote, ref, value, checksum, keepGitDir, submodules);
      case "checksum", "commit" ->
          new GitAddress(remote, ref, directory, value, keepGitDir, submodules);
      case "keep-git-dir" ->
          new GitAddress(remote, ref, directory, checksum, Optional.of(isTrue(value)), submodules);
      case "submodules" ->
          new GitAddress(remote, ref, directory, checksum, keepGitDir, isTrue(value));
      default ->
          throw new IllegalArgumentException(
              "a git address has no option "
                  + option
                  + ": ref, tag, branch, subdir, checksum, keep-git-dir or submodules");
    };
  }

  private GitAddress ref(String value) {
    if (!ref.isEmpty() && !ref.equals(value)) {
      throw new IllegalArgumentException("a git address names both " + ref + " and " + value);
    }
    return new GitAddress(remote, value, directory, checksum, keepGitDir, submodules);
  }

  private static boolean isTrue(String value) {
    return value.isEmpty() || value.equals("1") || value.equalsIgnoreCase("true");
  }

  /** Nothing that git would take for an option. */
  private GitAddress checked(String source) {
    String wanted = ref.isEmpty() ? checksum : ref;
    if (!SAFE.matcher(wanted).matches() || !checksum.matches("[0-9a-f]{0,64}")) {
      throw new IllegalArgumentException(source + " names neither a branch nor a tag nor a commit");
    }
    return new GitAddress(
        remote, wanted, TreePath.clean(directory), checksum, keepGitDir, submodules);
  }
}
