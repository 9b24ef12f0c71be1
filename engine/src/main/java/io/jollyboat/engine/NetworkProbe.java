package io.jollyboat.engine;

import io.jollyboat.linux.network.UserNetwork;
import io.jollyboat.linux.security.Capabilities;
import io.jollyboat.linux.userns.ProcessRights;
import java.nio.file.Files;
import java.nio.file.Path;

/** How containers can reach other machines. */
final class NetworkProbe {
  private final ProcessRights rights;
  private final Findings findings;

  NetworkProbe(ProcessRights rights, Findings findings) {
    this.rights = rights;
    this.findings = findings;
  }

  void look() {
    bridge();
    if (rights.isRootOfMachine()) {
      packetRules();
      forwarding();
    } else {
      userNetwork();
    }
  }

  private void bridge() {
    boolean root = rights.isRootOfMachine();
    boolean allowed = Capabilities.ofThisProcess().names().contains("CAP_NET_ADMIN");
    boolean netlink = Files.exists(Path.of("/proc/net/netlink"));
    boolean kernel = netlink && KernelModules.has("bridge");
    findings.either(
        root && allowed && kernel,
        "bridge",
        root
            ? allowed
                ? netlink
                    ? "the kernel shows no bridges, and network(NetworkMode.BRIDGE) may be refused"
                    : "the kernel has no netlink, by which links are made"
                : "this process lacks CAP_NET_ADMIN, which it takes to make links"
            : "only root of the machine makes links on it: a container's network is its own",
        root
            ? allowed
                ? "as root: modprobe bridge veth; NetworkMode.HOST and NONE work without"
                : "start it with the capability; NetworkMode.HOST and NONE work without"
            : "nothing needs doing: what carries its packets is found under \"network\"");
  }

  private void packetRules() {
    findings.either(
        Files.exists(Path.of("/proc/net/netfilter")) || KernelModules.isInstalled("nf_tables"),
        "nf_tables",
        "the kernel shows no packet filter",
        "load its module: modprobe nf_tables; without it containers on the bridge reach this"
            + " machine only");
  }

  private void forwarding() {
    findings.either(
        Findings.text("/proc/sys/net/ipv4/ip_forward").equals("1"),
        "ip forwarding",
        "net.ipv4.ip_forward is 0",
        "nothing needs doing: the engine turns it on with its first bridge, where /proc/sys can be"
            + " written");
  }

  private void userNetwork() {
    boolean device = Files.isWritable(Path.of("/dev/net/tun"));
    boolean program = UserNetwork.find().isPresent();
    findings.either(
        device && program,
        "network",
        program
            ? "this user may not open /dev/net/tun, which pasta and slirp4netns need"
            : (rights.user() == 0 ? "slirp4netns is not" : "neither pasta nor slirp4netns is")
                + " installed: containers have their loopback device and published ports, and reach"
                + " no other machine",
        program
            ? "as root: chmod 666 /dev/net/tun"
            : "as root: install the package "
                + (rights.user() == 0 ? "" : "passt or ")
                + "slirp4netns");
  }
}
