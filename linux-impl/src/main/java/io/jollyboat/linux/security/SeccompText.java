package io.jollyboat.linux.security;

import io.jollyboat.linux.security.SeccompRule.Comparison;
import io.jollyboat.linux.security.SeccompRule.Condition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which system calls are allowed, as groups; {@code default.profile} explains the text form.
 * Immutable.
 */
final class SeccompText {
  private record Group(
      SeccompRule rule, @Nullable String needs, @Nullable String excludes, List<String> names) {
    boolean counts(Capabilities bounding) {
      return (needs == null || bounding.contains(needs))
          && (excludes == null || !bounding.contains(excludes));
    }
  }

  private final List<Group> groups;

  private SeccompText(List<Group> groups) {
    this.groups = groups;
  }

  /** The profile of every container that asks for no other. */
  static SeccompText standard() {
    return parse(SecurityResource.lines("default.profile"));
  }

  /** The profile for a stranger's code. */
  static SeccompText sandbox() {
    return parse(SecurityResource.lines("sandbox.profile"));
  }

  /**
   * @param lines without comments
   * @throws IllegalArgumentException naming the line that cannot be read
   */
  static SeccompText parse(List<String> lines) {
    List<Group> groups = new ArrayList<>();
    for (String line : lines) {
      if (!line.startsWith(" ")) {
        groups.add(header(line));
      } else if (groups.isEmpty()) {
        throw new IllegalArgumentException("names before the first group: \"" + line + "\"");
      } else {
        groups.get(groups.size() - 1).names().addAll(Arrays.asList(line.strip().split(" +")));
      }
    }
    return new SeccompText(List.copyOf(groups));
  }

  /** What counts for a container with this bounding set. */
  SeccompRules rules(Capabilities bounding) {
    Map<String, List<SeccompRule>> rules = new LinkedHashMap<>();
    for (Group group : groups) {
      if (group.counts(bounding)) {
        for (String name : group.names()) {
          append(rules.computeIfAbsent(name, n -> new ArrayList<>()), group.rule());
        }
      }
    }
    return new SeccompRules(SeccompRule.EPERM, SeccompRule.ENOSYS, rules, names());
  }

  private static void append(List<SeccompRule> rules, SeccompRule rule) {
    if (rules.isEmpty() || !rules.get(rules.size() - 1).isPlain()) {
      rules.add(rule);
    }
  }

  /** Every name that any group has, whether it counts or not. */
  List<String> names() {
    return groups.stream().flatMap(group -> group.names().stream()).distinct().toList();
  }

  private static Group header(String line) {
    try {
      return new Header(List.of(line.strip().split(" +"))).group();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "cannot read the group \"" + line + "\" of a seccomp profile", e);
    }
  }

  /** Reads the words of a group's first line from left to right. */
  private static final class Header {
    private final List<String> words;
    private int next;

    Header(List<String> words) {
      this.words = words;
    }

    Group group() {
      int action = action(words.get(next++));
      String needs = null;
      String excludes = null;
      List<Condition> conditions = List.of();
      while (next < words.size()) {
        String word = words.get(next++);
        if (word.equals("cap")) {
          needs = words.get(next++);
        } else if (word.equals("nocap")) {
          excludes = words.get(next++);
        } else {
          conditions = List.of(condition(word));
        }
      }
      return new Group(new SeccompRule(action, conditions), needs, excludes, new ArrayList<>());
    }

    private int action(String word) {
      if (word.equals("allow")) {
        return SeccompRule.ALLOW;
      }
      if (word.equals("errno")) {
        return SeccompRule.errno(Integer.parseInt(words.get(next++)));
      }
      throw new IllegalArgumentException("unknown action " + word);
    }

    private Condition condition(String word) {
      if (!word.matches("arg[0-5]")) {
        throw new IllegalArgumentException("unknown word " + word);
      }
      long mask = -1;
      if (words.get(next).equals("&")) {
        mask = Long.decode(words.get(next + 1));
        next += 2;
      }
      Comparison comparison = Comparison.ofSign(words.get(next++));
      if (comparison == null) {
        throw new IllegalArgumentException("unknown comparison " + words.get(next - 1));
      }
      return new Condition(word.charAt(3) - '0', mask, comparison, Long.decode(words.get(next++)));
    }
  }
}
