package io.jollyboat;

/** Neither the store nor, where it was asked, the registry has the image. */
public final class ImageNotFoundException extends JollyboatException {
  private final String reference;

  public ImageNotFoundException(String message, String reference) {
    super(message, null);
    this.reference = reference;
  }

  /** The name or id that was looked for. */
  public String reference() {
    return reference;
  }
}
