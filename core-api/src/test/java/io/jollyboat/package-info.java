@NullMarked
package io.jollyboat;

import org.jspecify.annotations.NullMarked;
