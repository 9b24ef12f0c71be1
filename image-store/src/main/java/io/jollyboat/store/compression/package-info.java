/** Decoders of what archives are compressed with, beside those that the JDK and zstd bring. */
@NullMarked
package io.jollyboat.store.compression;

import org.jspecify.annotations.NullMarked;
