/**
 * The documents of the OCI image specification, and Docker's variants of them, as immutable values.
 * Whatever was parsed keeps the bytes it came from: digests are over those. What is malformed is an
 * {@link io.jollyboat.oci.OciFormatException}. All types are safe for use by several threads,
 * builders are not.
 */
@NullMarked
package io.jollyboat.oci;

import org.jspecify.annotations.NullMarked;
