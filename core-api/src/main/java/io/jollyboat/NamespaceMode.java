package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.Optional;

/** Whose namespace of one kind a container lives in. A value. */
@CheckReturnValue
public final class NamespaceMode {
  /** One of its own. */
  public static final NamespaceMode OWN = new NamespaceMode("own");

  /** This machine's. */
  public static final NamespaceMode HOST = new NamespaceMode("host");

  private static final String CONTAINER = "container:";

  private final String text;

  private NamespaceMode(String text) {
    this.text = text;
  }

  /** That of another container, which must run. */
  public static NamespaceMode container(String nameOrId) {
    return new NamespaceMode(CONTAINER + requireName(nameOrId));
  }

  static String requireName(String nameOrId) {
    if (!nameOrId.matches(ContainerSpec.NAME)) {
      throw new IllegalArgumentException("not a container's name or id: \"" + nameOrId + "\"");
    }
    return nameOrId;
  }

  /**
   * Reads {@code own}, {@code host} or {@code container:NAME}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static NamespaceMode parse(String text) {
    if (text.equals(OWN.text)) {
      return OWN;
    }
    if (text.equals(HOST.text)) {
      return HOST;
    }
    if (text.startsWith(CONTAINER)) {
      return container(text.substring(CONTAINER.length()));
    }
    throw new IllegalArgumentException(
        "a namespace is own, host or container:NAME, not \"" + text + "\"");
  }

  /** Name or id of the container whose namespace it is. */
  public Optional<String> container() {
    return text.startsWith(CONTAINER)
        ? Optional.of(text.substring(CONTAINER.length()))
        : Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamespaceMode that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return text;
  }
}
