/**
 * The network of containers: a bridge with addresses and packet rules, made over netlink without
 * any tool of the host; published ports through a relay process; names; and what is asked inside a
 * container's network namespace.
 */
@NullMarked
package io.jollyboat.linux.network;

import org.jspecify.annotations.NullMarked;
