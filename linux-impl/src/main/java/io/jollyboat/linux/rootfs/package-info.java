/** File trees of images on Linux, and what a container sees of them. */
@NullMarked
package io.jollyboat.linux.rootfs;

import org.jspecify.annotations.NullMarked;
