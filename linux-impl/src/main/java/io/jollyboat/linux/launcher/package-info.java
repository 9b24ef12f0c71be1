/**
 * Starts processes in namespaces through the launcher, a small static program that the jar carries.
 *
 * <p>Policy is here and above, mechanism is in the program: {@link
 * io.jollyboat.linux.launcher.Operations} is a list of steps, encoded as bytes, that the launcher
 * carries out in the right process and in the given order. {@code docs/launcher-protocol.md} holds
 * the wire format.
 */
@NullMarked
package io.jollyboat.linux.launcher;

import org.jspecify.annotations.NullMarked;
