/**
 * Dockerfile text as values and back: instructions, word expansion, {@code .dockerignore}.
 *
 * <p>Every public type is immutable, equal by content and safe for use by several threads. A {@code
 * String} given to a factory is literal: {@code $}, quotes and backslashes mean themselves. Only
 * {@link io.jollyboat.dockerfile.Word} is text of the language. Nothing here reads a file but
 * {@link io.jollyboat.dockerfile.Dockerfile#parse(java.nio.file.Path)}.
 */
@NullMarked
@CheckReturnValue
package io.jollyboat.dockerfile;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
