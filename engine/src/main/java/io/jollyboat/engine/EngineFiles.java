package io.jollyboat.engine;

import io.jollyboat.NetworkMode;
import io.jollyboat.StoreException;
import io.jollyboat.linux.network.Hosts;
import io.jollyboat.linux.network.ResolvConf;
import io.jollyboat.linux.rootfs.ContainerMount;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The files that the engine binds into a container: names, resolver, certificates. */
final class EngineFiles {
  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");

  private final ProcessPlan plan;
  private final List<ContainerMount> mounts;

  private EngineFiles(ProcessPlan plan, List<ContainerMount> mounts) {
    this.plan = plan;
    this.mounts = List.copyOf(mounts);
  }

  /**
   * @param forwarder address of a resolver that only the container's own network has
   */
  static EngineFiles write(ProcessPlan plan, Optional<Path> trust, Optional<String> forwarder) {
    Path directory = plan.directory();
    List<ContainerMount> mounts = new ArrayList<>();
    EngineFiles files;
    try {
      write(directory.resolve("hostname"), plan.hostname() + "\n");
      mounts.add(bound(directory, "hostname"));
      // Who shares another's network shares what is said about it.
      Path network = plan.setting().network().map(Neighbour::directory).orElse(directory);
      if (network.equals(directory)) {
        write(directory.resolve("resolv.conf"), resolver(plan.network(), forwarder));
      }
      mounts.add(bound(network, "resolv.conf"));
      mounts.add(bound(network, "hosts"));
      trust.ifPresent(
          bundle -> mounts.add(ContainerMount.bind(bundle, ProcessEnvironment.CA_BUNDLE, true)));
      files = new EngineFiles(plan, mounts);
      files.writeHosts(Optional.empty());
    } catch (IOException e) {
      throw new StoreException("cannot write below " + directory + ": " + e, e);
    }
    return files;
  }

  /** Whatever this process's umask is: the container's users read it. */
  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, READABLE);
  }

  private static ContainerMount bound(Path directory, String name) {
    return ContainerMount.bind(directory.resolve(name), "/etc/" + name, false);
  }

  private static String resolver(NetworkMode network, Optional<String> forwarder) {
    ResolvConf host = ResolvConf.ofHost();
    if (!network.equals(NetworkMode.BRIDGE)) {
      return host.text();
    }
    return forwarder.map(host::textInside).orElseGet(host::textInside);
  }

  List<ContainerMount> mounts() {
    return mounts;
  }

  /** The name of the container's own address is its host name. */
  void writeHosts(Optional<Inet4Address> address) {
    if (plan.setting().network().isPresent()) {
      return; // it is the other's
    }
    Path file = plan.directory().resolve("hosts");
    String own =
        plan.network().equals(NetworkMode.HOST)
            ? Hosts.ofHost()
            : Hosts.text(plan.hostname(), plan.setting().surroundings().domainname(), address);
    String text = Hosts.with(own, plan.setting().hosts());
    try {
      write(file, text);
    } catch (IOException e) {
      throw new StoreException("cannot write " + file + ": " + e, e);
    }
  }
}
