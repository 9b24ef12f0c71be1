package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.security.DeviceNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a container sees of the kernel beside its processes. Immutable.
 *
 * @param devices beside those that every container has
 * @param masked paths without content; empty: the usual ones
 * @param readOnly paths that cannot be written; empty: the usual ones
 * @param sysctls beside, or in place of, the usual ones; by name
 * @param writable /sys and the container's control groups may be written
 */
public record KernelView(
    List<DeviceNode> devices,
    Optional<List<String>> masked,
    Optional<List<String>> readOnly,
    Map<String, String> sysctls,
    boolean writable) {

  /** Docker's. */
  public static final KernelView DEFAULT =
      new KernelView(List.of(), Optional.empty(), Optional.empty(), Map.of(), false);

  public KernelView {
    devices = List.copyOf(devices);
    masked = masked.map(List::copyOf);
    readOnly = readOnly.map(List::copyOf);
    sysctls = Map.copyOf(sysctls);
  }
}
