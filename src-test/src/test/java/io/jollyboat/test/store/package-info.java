/** The store on real trees: what image-store and linux-impl do together. */
@NullMarked
package io.jollyboat.test.store;

import org.jspecify.annotations.NullMarked;
