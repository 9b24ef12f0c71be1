/** What a user may plug in. */
@NullMarked
package io.jollyboat.spi;

import org.jspecify.annotations.NullMarked;
