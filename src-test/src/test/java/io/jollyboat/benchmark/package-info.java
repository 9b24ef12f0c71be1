/**
 * Times beside the peers, in one run from one warm JVM: {@code bin/bench}. Nothing here asserts.
 */
@NullMarked
package io.jollyboat.benchmark;

import org.jspecify.annotations.NullMarked;
