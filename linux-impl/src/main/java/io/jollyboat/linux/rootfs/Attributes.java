package io.jollyboat.linux.rootfs;

/** The names of overlayfs's own extended attributes. */
final class Attributes {
  private final String overlayPrefix;

  /**
   * @param flavour {@code trusted} or {@code user}
   */
  Attributes(String flavour) {
    this.overlayPrefix = flavour + ".overlay.";
  }

  /** The attribute that makes a directory opaque, with the value {@code y}. */
  String opaque() {
    return overlayPrefix + "opaque";
  }
}
