package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.launcher.ResourceBounds;
import java.util.List;
import java.util.Optional;

/**
 * A program to run beside a container's first process. Immutable.
 *
 * @param limits in place of the standard ones, as the first process has them
 * @param workdir absolute; must exist
 * @param environment {@code NAME=value} each
 */
public record JoinPlan(
    ContainerPlan.Rights rights,
    List<ResourceBounds> limits,
    Optional<Surroundings.Terminal> terminal,
    String workdir,
    List<String> arguments,
    List<String> environment) {

  public JoinPlan {
    limits = List.copyOf(limits);
    arguments = List.copyOf(arguments);
    environment = List.copyOf(environment);
  }
}
