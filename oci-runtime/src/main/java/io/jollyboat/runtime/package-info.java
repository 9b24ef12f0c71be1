/**
 * The OCI runtime command line over the Linux module: creates a container from a bundle, starts,
 * signals and deletes it, each in a process of its own (OCI runtime-spec 1.2).
 */
@NullMarked
package io.jollyboat.runtime;

import org.jspecify.annotations.NullMarked;
