package io.jollyboat;

import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;

/**
 * A finished push. Immutable.
 *
 * @param digest of the manifest: what a pull by digest takes
 * @param size of the manifest
 */
public record Pushed(ImageReference reference, Digest digest, Size size) {}
