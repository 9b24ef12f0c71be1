package io.jollyboat;

import java.util.regex.Pattern;

/** 64 random hexadecimal digits. Immutable. */
public record ContainerId(String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  public ContainerId {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a container id of 64 hexadecimal digits: " + hex);
    }
  }

  /** As people see it: the first twelve digits. */
  public String shortHex() {
    return hex.substring(0, 12);
  }

  @Override
  public String toString() {
    return hex;
  }
}
