/**
 * JSON for the modules of this project that read documents of the OCI: text to trees and back, and
 * typed access that names the place of an error.
 */
@NullMarked
package io.jollyboat.oci.json;

import org.jspecify.annotations.NullMarked;
