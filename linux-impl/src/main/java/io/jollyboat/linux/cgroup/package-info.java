/**
 * Control groups, v1, v2 and the hybrid of both: a group per container below {@code
 * jollyboat/<engine>}, its limits, and what the kernel counted. Only joining is done elsewhere, by
 * the container's first process itself.
 */
@NullMarked
package io.jollyboat.linux.cgroup;

import org.jspecify.annotations.NullMarked;
