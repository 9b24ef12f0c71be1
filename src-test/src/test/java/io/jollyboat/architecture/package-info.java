/**
 * Holds the code of every module to the table {@code modules.txt} and to the rules of the house.
 */
@NullMarked
package io.jollyboat.architecture;

import org.jspecify.annotations.NullMarked;
