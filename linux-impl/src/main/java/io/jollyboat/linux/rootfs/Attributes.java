package io.jollyboat.linux.rootfs;

/** Which extended attributes belong to a layer, and which are overlayfs's own marks. */
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

  /**
   * Whether a layer may have this attribute. All else that an archive may bring ({@code
   * trusted.overlay.redirect}, labels of a security module) would act on this machine.
   */
  static boolean belongsToLayer(String name) {
    return name.equals("security.capability")
        || (name.startsWith("user.") && !name.startsWith("user.overlay."));
  }
}
