package io.jollyboat;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * How a container ended. Immutable.
 *
 * @param code of the exit, or 128 and the number of the signal that ended it
 * @param signal that ended it, when one did
 * @param outOfMemory the kernel killed a process of it for its memory limit
 * @param timeLimit it was killed because its time limit had passed
 * @param ran from its start to its end
 */
public record ExitStatus(
    int code, OptionalInt signal, boolean outOfMemory, boolean timeLimit, Duration ran) {}
