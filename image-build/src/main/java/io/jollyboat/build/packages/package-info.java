/** What software an image's files speak of; nothing of the image is executed. */
@NullMarked
package io.jollyboat.build.packages;

import org.jspecify.annotations.NullMarked;
