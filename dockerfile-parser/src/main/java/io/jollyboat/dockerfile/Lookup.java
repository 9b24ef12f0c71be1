package io.jollyboat.dockerfile;

import org.jspecify.annotations.Nullable;

/** The variables that a word is expanded against; {@code Map::get} is one. */
@FunctionalInterface
public interface Lookup {
  /** The value, empty when set to nothing, null when unset. */
  @Nullable String value(String name);
}
