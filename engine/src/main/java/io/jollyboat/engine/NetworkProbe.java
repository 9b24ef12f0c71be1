package io.jollyboat.engine;

import io.jollyboat.linux.network.UserNetwork;
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
    if (rights.isRootOfMachine()) {
      forwarding();
    } else {
      userNetwork();
    }
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
