/**
 * Images and layers on disk. {@link io.jollyboat.store.ImageStore} opens the root of a store and
 * hands out its parts: blobs by digest, layers by chain id, images by name and id, the build cache,
 * and where else a blob is known to be.
 *
 * <p>Several processes may use one store. Content is written under a temporary name, then renamed
 * to the name that its digest gives it; every index is replaced as a whole under a file lock. A
 * process that is killed leaves only temporary names, which the next {@code open} deletes.
 */
@NullMarked
package io.jollyboat.store;

import org.jspecify.annotations.NullMarked;
