/**
 * What integration tests stand on: a real registry, real images, and a check that nothing is left.
 */
@NullMarked
package io.jollyboat.test;

import org.jspecify.annotations.NullMarked;
