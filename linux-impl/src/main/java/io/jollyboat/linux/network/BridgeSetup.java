package io.jollyboat.linux.network;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the bridge of one engine, or takes over the one that a container outliving its engine still
 * uses. Engines of other processes may do the same at the same time; no lock is shared with them,
 * so every choice is looked at again after it was made visible to them. Used by one thread.
 */
final class BridgeSetup {

  private static final int DEFAULT_MTU = 1500;

  private final Links links;
  private final String key;
  private final List<String> notes = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  BridgeSetup(Links links, String key) {
    this.links = links;
    this.key = key;
  }

  /** The bridge as it is now, and whether it was there before. */
  record Made(Links.Link link, Ipv4Network subnet) {}

  /** What was changed on the host that the user may want to know. */
  List<String> notes() {
    return notes;
  }

  /** What does not work, why, and the remedy. */
  List<String> problems() {
    return problems;
  }

  Made make() {
    Links.Link bridge = links.find(BridgeNames.bridge(key)).orElseGet(this::create);
    Ipv4Network subnet = addressOf(bridge).orElseGet(() -> address(bridge));
    harden(bridge);
    links.setUp(bridge);
    Set<String> turnedOn = forward(bridge);
    filter(new PacketRules.Bridge(bridge.name(), subnet, List.copyOf(turnedOn)));
    return new Made(bridge, subnet);
  }

  private Links.Link create() {
    String name = BridgeNames.bridge(key);
    int mtu =
        Forwarding.uplink(links.list(), links.routes()).map(Links.Link::mtu).orElse(DEFAULT_MTU);
    // A bridge without an address of its own takes its ports' lowest, and changes when they go.
    links.createBridge(name, new HardwareAddress(0, new Random().nextInt()), mtu);
    return links
        .find(name)
        .orElseThrow(() -> new KernelException("find bridge", name, Errno.ENODEV));
  }

  private Optional<Ipv4Network> addressOf(Links.Link bridge) {
    return links.addresses().stream()
        .filter(address -> address.link() == bridge.index())
        .map(Links.Address::network)
        .findFirst();
  }

  /**
   * Gives the bridge the gateway's address of a subnet that nothing else uses. Two engines may
   * choose the same at the same time: both see it then, and both choose again, at random.
   */
  private Ipv4Network address(Links.Link bridge) {
    for (Ipv4Network subnet : SubnetChoice.candidates(used(bridge), new Random())) {
      int gateway = subnet.address(1);
      links.addAddress(bridge, gateway, subnet);
      if (used(bridge).stream().noneMatch(subnet::overlaps)) {
        return subnet;
      }
      links.removeAddress(bridge, gateway, subnet);
    }
    throw new KernelException("find a free private subnet for", bridge.name(), Errno.EADDRINUSE);
  }

  /** What others than {@code bridge} use: their addresses, routes and this machine's resolvers. */
  private List<Ipv4Network> used(Links.Link bridge) {
    List<Ipv4Network> used = new ArrayList<>();
    links.addresses().stream()
        .filter(address -> address.link() != bridge.index())
        .forEach(address -> used.add(address.network()));
    links.routes().stream()
        .filter(route -> route.link() != bridge.index() && route.destination().prefix() > 0)
        .forEach(route -> used.add(route.destination()));
    for (InetAddress resolver : ResolvConf.ofHost().nameservers()) {
      if (resolver instanceof Inet4Address four) {
        used.add(new Ipv4Network(Ipv4Network.number(four), 32));
      }
    }
    return used;
  }

  private void harden(Links.Link bridge) {
    try {
      Forwarding.harden(bridge.name());
    } catch (IOException e) {
      problems.add("the host is less protected on " + bridge.name() + ": " + e);
    }
  }

  /**
   * Turns on forwarding from the bridge and, for the answers, from the uplinks.
   *
   * @return the uplinks that this or another engine has turned on
   */
  private Set<String> forward(Links.Link bridge) {
    List<Links.Link> all = links.list();
    Set<String> uplinks = Forwarding.uplinks(all, links.routes());
    // The marks first, then the settings: an engine that goes turns off first and unmarks then.
    Set<String> turnedOn = new TreeSet<>(Forwarding.marked(BridgeNetwork.bridges(all)));
    turnedOn.retainAll(uplinks);
    uplinks.stream().filter(uplink -> !Forwarding.isOn(uplink)).forEach(turnedOn::add);
    if (!turnedOn.isEmpty()) {
      links.setAlias(bridge, Forwarding.mark(turnedOn));
    }
    try {
      Forwarding.set(bridge.name(), true);
      for (String uplink : turnedOn) {
        Forwarding.set(uplink, true);
        notes.add(
            "turned on IPv4 forwarding of " + uplink + ", for containers on " + bridge.name());
      }
    } catch (IOException e) {
      problems.add(
          "containers reach only this machine and each other: forwarding cannot be turned on: "
              + e.getMessage()
              + "; as root of the host: sysctl -w net.ipv4.ip_forward=1");
    }
    return turnedOn;
  }

  private void filter(PacketRules.Bridge bridge) {
    try {
      PacketRules.install(BridgeNames.table(key), bridge);
    } catch (KernelException e) {
      problems.add(
          "containers reach only this machine and each other, and are not shielded from other"
              + " machines of the local network: "
              + e.getMessage()
              + "; the kernel needs nf_tables with its nat, masq, ct and meta expressions");
      return;
    }
    passDocker(bridge.name());
  }

  private void passDocker(String bridge) {
    try {
      if (PacketRules.passDocker(bridge, BridgeNames.table(key))) {
        notes.add("let " + bridge + " pass Docker's packet filter, by two rules in DOCKER-USER");
      }
    } catch (KernelException e) {
      problems.add("Docker's packet filter may stop what " + bridge + " sends: " + e.getMessage());
    }
  }
}
