/** What implementations of {@link io.jollyboat.spi.Registry} must do, as tests to extend. */
@NullMarked
package io.jollyboat.spi.contract;

import org.jspecify.annotations.NullMarked;
