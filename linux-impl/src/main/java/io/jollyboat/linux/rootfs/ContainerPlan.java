package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.cgroup.CgroupMembership;
import io.jollyboat.linux.security.Capabilities;
import io.jollyboat.linux.security.IdMaps;
import io.jollyboat.linux.security.SeccompProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * All that the first process of a container needs to know before it becomes the container's
 * program. Immutable.
 *
 * @param cgroups that it joins
 * @param oomScore how likely the kernel kills it when memory is short, -1000 to 1000
 * @param mounts the user's and the engine's own files (hosts, hostname, resolv.conf, certificates),
 *     in any order
 * @param hostEtc with {@link HostRootfs}: its layer over this machine's /etc
 * @param workdir absolute; made when missing
 * @param environment {@code NAME=value} each
 */
public record ContainerPlan(
    CgroupMembership cgroups,
    OptionalInt oomScore,
    RootFileSystem root,
    List<ContainerMount> mounts,
    Optional<Path> hostEtc,
    Surroundings surroundings,
    KernelView kernel,
    Rights rights,
    String workdir,
    List<String> arguments,
    List<String> environment) {

  public ContainerPlan {
    mounts = List.copyOf(mounts);
    arguments = List.copyOf(arguments);
    environment = List.copyOf(environment);
  }

  /**
   * What the program may do.
   *
   * @param capabilities bounding set; permitted and effective too when the user is root
   * @param noNewPrivileges set-user-id programs give nothing
   * @param seccomp none: every call is allowed
   * @param userNamespace of its own: capabilities end at its border
   * @param appArmor a profile that is loaded
   */
  public record Rights(
      ImageUser user,
      Capabilities capabilities,
      boolean noNewPrivileges,
      Optional<SeccompProgram> seccomp,
      Optional<IdMaps> userNamespace,
      Optional<String> appArmor) {

    /** Ids inside that are others outside, so that files have to be mapped. */
    public Optional<IdMaps> mappedIds() {
      return userNamespace.filter(maps -> !maps.isIdentity());
    }
  }
}
