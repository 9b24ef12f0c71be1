/**
 * User namespaces: which ids of this machine an ordinary user may use, and the process that holds
 * the namespace in which they mean something.
 */
@NullMarked
package io.jollyboat.linux.userns;

import org.jspecify.annotations.NullMarked;
