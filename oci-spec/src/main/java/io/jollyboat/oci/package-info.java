/** The documents of the OCI image and distribution specifications as Java values. */
@NullMarked
package io.jollyboat.oci;

import org.jspecify.annotations.NullMarked;
