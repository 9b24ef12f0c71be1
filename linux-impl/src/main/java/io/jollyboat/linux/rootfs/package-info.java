/**
 * File trees of images on Linux, locks on files, and what a container sees.
 *
 * <p>Every path inside a layer's tree is resolved by openat2(2) with {@code RESOLVE_IN_ROOT} from a
 * descriptor of the tree's root; what is written or read there is one name in an open directory,
 * and never followed. So no link in a tree leads out of it.
 */
@NullMarked
package io.jollyboat.linux.rootfs;

import org.jspecify.annotations.NullMarked;
