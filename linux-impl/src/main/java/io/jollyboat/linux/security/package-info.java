/**
 * What a container may do: capabilities, the system call filter, and the paths that it does not see
 * or cannot change.
 */
@NullMarked
package io.jollyboat.linux.security;

import org.jspecify.annotations.NullMarked;
