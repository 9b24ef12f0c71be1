/** The main job end to end: a real kernel, a real registry, real images. */
@NullMarked
package io.jollyboat.it;

import org.jspecify.annotations.NullMarked;
