/**
 * The composition root: one class constructs every part, and pull, push, build and run are lists of
 * steps over them.
 */
@NullMarked
package io.jollyboat.engine;

import org.jspecify.annotations.NullMarked;
