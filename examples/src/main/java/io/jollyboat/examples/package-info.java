/** Programs that show Jollyboat at work; the documentation quotes them. */
@NullMarked
package io.jollyboat.examples;

import org.jspecify.annotations.NullMarked;
