/**
 * Jollyboat: build, keep, move and run container images from Java, in process.
 *
 * <p>Rules that hold everywhere and are said once, here:
 *
 * <ol>
 *   <li>What is called a value is an immutable final class, equal by content, safe for use by
 *       several threads: every call returns a new one, and {@code x(v)} has a reader {@code x()}.
 *   <li>A {@code String} is literal: {@code $}, quotes, blanks and backslashes mean themselves.
 *       Only {@link io.jollyboat.dockerfile.Word} and an instruction's own text are Dockerfile
 *       text.
 *   <li>{@code String...} words are executed, never given to a shell, however many there are. Only
 *       {@code run(String)} and the {@code shell} factories use one.
 *   <li>Calls block until done. An interrupt ends them with {@link
 *       io.jollyboat.InterruptedOperationException}, the thread's flag set, and nothing
 *       half-visible.
 *   <li>No null goes in or comes out; no exception is checked but those of java.io streams.
 *   <li>Whatever is {@code AutoCloseable} may be closed twice, by any thread.
 * </ol>
 */
@NullMarked
package io.jollyboat;

import org.jspecify.annotations.NullMarked;
