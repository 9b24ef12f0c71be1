@NullMarked
package io.jollyboat.spi.host;

import org.jspecify.annotations.NullMarked;
