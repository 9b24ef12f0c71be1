package io.jollyboat.engine;

import io.jollyboat.NetworkMode;
import io.jollyboat.StoreException;
import io.jollyboat.linux.network.ResolvConf;
import io.jollyboat.linux.rootfs.ContainerMount;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files that the engine binds into a container: names, resolver, certificates. */
final class EngineFiles {
  private static final String LOCAL_HOSTS =
      """
      127.0.0.1\tlocalhost
      ::1\tlocalhost ip6-localhost ip6-loopback
      fe00::0\tip6-localnet
      ff00::0\tip6-mcastprefix
      ff02::1\tip6-allnodes
      ff02::2\tip6-allrouters
      """;

  private final ProcessPlan plan;
  private final List<ContainerMount> mounts;

  private EngineFiles(ProcessPlan plan, List<ContainerMount> mounts) {
    this.plan = plan;
    this.mounts = List.copyOf(mounts);
  }

  static EngineFiles write(ProcessPlan plan, Optional<Path> trust) {
    Path directory = plan.directory();
    List<ContainerMount> mounts = new ArrayList<>();
    EngineFiles files;
    try {
      Files.writeString(directory.resolve("hostname"), plan.hostname() + "\n");
      Files.writeString(directory.resolve("resolv.conf"), resolver(plan.network()));
      mounts.add(bound(directory, "hostname"));
      mounts.add(bound(directory, "resolv.conf"));
      mounts.add(bound(directory, "hosts"));
      trust.ifPresent(
          bundle -> mounts.add(ContainerMount.bind(bundle, ProcessEnvironment.CA_BUNDLE, true)));
      files = new EngineFiles(plan, mounts);
      files.writeHosts(Optional.empty());
    } catch (IOException e) {
      throw new StoreException("cannot write below " + directory + ": " + e, e);
    }
    return files;
  }

  private static ContainerMount bound(Path directory, String name) {
    return ContainerMount.bind(directory.resolve(name), "/etc/" + name, false);
  }

  private static String resolver(NetworkMode network) {
    ResolvConf host = ResolvConf.ofHost();
    return network == NetworkMode.BRIDGE ? host.textInside() : host.text();
  }

  List<ContainerMount> mounts() {
    return mounts;
  }

  /** The name of the container's own address is its host name. */
  void writeHosts(Optional<Inet4Address> address) {
    Path file = plan.directory().resolve("hosts");
    String own = address.map(a -> a.getHostAddress() + "\t" + plan.hostname() + "\n").orElse("");
    try {
      Files.writeString(file, LOCAL_HOSTS + own);
    } catch (IOException e) {
      throw new StoreException("cannot write " + file + ": " + e, e);
    }
  }
}
