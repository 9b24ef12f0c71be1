package io.jollyboat;

/**
 * What a command in a container printed and how it ended. Immutable.
 *
 * @param code of the exit, or 128 and the number of the signal that ended it
 * @param out the first MiB of standard output, as UTF-8
 * @param err the first MiB of standard error, as UTF-8
 * @param truncated there was more of one of them
 */
public record ExecResult(int code, String out, String err, boolean truncated) {}
