/**
 * From an {@link io.jollyboat.Image} to its layers, with the cache. {@link
 * io.jollyboat.build.ImageBuilder} is the way in.
 */
@NullMarked
package io.jollyboat.build;

import org.jspecify.annotations.NullMarked;
