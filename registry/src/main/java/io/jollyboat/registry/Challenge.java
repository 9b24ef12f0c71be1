package io.jollyboat.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One way to authenticate that a server offers: RFC 9110, 11.6.1. Scheme and names of parameters
 * are in lower case.
 */
record Challenge(String scheme, Map<String, String> parameters) {
  /**
   * What these {@code WWW-Authenticate} headers offer; what is malformed in them is passed over.
   */
  static List<Challenge> parse(List<String> headers) {
    List<Challenge> challenges = new ArrayList<>();
    for (String header : headers) {
      new Reader(header).readInto(challenges);
    }
    return challenges;
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
  }

  /** Reads from left to right: a word that no equals sign follows is a scheme. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    void readInto(List<Challenge> challenges) {
      Map<String, String> parameters = new LinkedHashMap<>();
      for (skip(); at < text.length(); skip()) {
        String word = word();
        if (word.isEmpty()) {
          at++;
        } else if (at < text.length() && text.charAt(at) == '=') {
          at++;
          parameters.put(word.toLowerCase(Locale.ROOT), value());
        } else {
          parameters = new LinkedHashMap<>();
          challenges.add(new Challenge(word.toLowerCase(Locale.ROOT), parameters));
        }
      }
    }

    private void skip() {
      while (at < text.length() && " \t,".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private String word() {
      int start = at;
      while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private String value() {
      if (at >= text.length() || text.charAt(at) != '"') {
        return word();
      }
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at));
      }
      at++;
      return value.toString();
    }
  }
}
