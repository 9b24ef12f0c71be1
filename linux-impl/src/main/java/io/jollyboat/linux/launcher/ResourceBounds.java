package io.jollyboat.linux.launcher;

/**
 * A limit of setrlimit(2), {@link ResourceLimit#UNLIMITED} for none. Immutable.
 *
 * @param soft what counts
 * @param hard up to which the process may raise it
 */
public record ResourceBounds(ResourceLimit resource, long soft, long hard) {}
