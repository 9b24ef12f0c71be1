package io.jollyboat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A process of a container at one moment. Immutable.
 *
 * @param pid on this machine
 * @param pidInside in the container's own namespace
 * @param parent on this machine
 * @param uid on this machine
 * @param state the letter of proc(5): R runs, S sleeps, D waits for a device, Z is a zombie, T is
 *     stopped
 * @param cpu processor time used
 * @param memory resident
 * @param command its words; the kernel's short name where it has none
 */
public record ProcessSnapshot(
    int pid,
    int pidInside,
    int parent,
    long uid,
    char state,
    Duration cpu,
    Instant started,
    Size memory,
    List<String> command) {

  public ProcessSnapshot {
    command = List.copyOf(command);
  }
}
