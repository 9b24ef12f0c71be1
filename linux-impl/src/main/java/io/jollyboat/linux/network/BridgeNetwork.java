package io.jollyboat.linux.network;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.Pid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The bridge of one engine: a link {@code jb-<first eight digits of its id>} with a private subnet
 * that nothing else on the host uses, and a table of packet rules {@code jollyboat-<the same>}.
 * What is on it reaches the outside by the machine's own addresses; from outside nobody reaches it
 * but the machine itself. Safe for use by several threads, and beside engines of other processes.
 */
public final class BridgeNetwork implements AutoCloseable {

  private static final String INSIDE = "eth0";
  private static final int GATEWAY = 1;
  private static final int OUTER_END = 1;
  private static final int INNER_END = 2;

  private final String key;
  private final Links links;
  private final Links.Link bridge;
  private final Ipv4Network subnet;
  private final AddressPool pool;
  private final List<String> notes;
  private final List<String> problems;
  private boolean closed;

  private BridgeNetwork(String key, Links links, BridgeSetup setup, BridgeSetup.Made made) {
    this.key = key;
    this.links = links;
    this.bridge = made.link();
    this.subnet = made.subnet();
    this.pool = new AddressPool(subnet);
    this.notes = List.copyOf(setup.notes());
    this.problems = List.copyOf(setup.problems());
  }

  /**
   * Makes the engine's bridge, or takes it over where containers that outlive their engine are on
   * it.
   *
   * @param engineId hex digits, eight or more; the first eight tell engines of this host apart
   * @throws KernelException if there can be no bridge: {@code EPERM} without root
   */
  public static BridgeNetwork open(String engineId) {
    String key = BridgeNames.key(engineId);
    Links links = new Links(NetlinkSocket.route());
    try {
      BridgeSetup setup = new BridgeSetup(links, key);
      BridgeNetwork network = new BridgeNetwork(key, links, setup, setup.make());
      network.markTaken();
      return network;
    } catch (RuntimeException | Error e) {
      try (links) {
        removeAll(links, key);
      } catch (RuntimeException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** What was changed on the host beyond the bridge itself, for the engine's log. */
  public List<String> notes() {
    return notes;
  }

  /** What does not work here, why, and the remedy; empty when all is well. */
  public List<String> problems() {
    return problems;
  }

  /** The host's address on the bridge. */
  public Inet4Address gateway() {
    return Ipv4Network.inet(subnet.address(GATEWAY));
  }

  /** {@code 172.24.8.0/22}. */
  public String subnet() {
    return subnet.toString();
  }

  /**
   * Puts the network namespace of a process on the bridge: a link {@code eth0} with an address, the
   * default route by the gateway, loopback up. Its MTU is that of the uplink.
   *
   * @param container whose it is, for error messages
   * @throws KernelException if the process is gone or has an {@code eth0} already
   * @throws IllegalStateException if the bridge is closed or full
   */
  public Attachment attach(Pid process, String container) {
    requireOpen();
    int index = pool.take();
    try (NetworkNamespace namespace = NetworkNamespace.of(process)) {
      int address = subnet.address(index);
      connect(namespace, index, address);
      configure(namespace, address);
      return new Attachment(
          Ipv4Network.inet(address),
          gateway(),
          subnet.prefix(),
          INSIDE,
          new PortTraffic(links, key, index),
          () -> pool.free(index));
    } catch (KernelException e) {
      disconnect(index, e);
      pool.free(index);
      String what = e.what() + " for container " + container;
      KernelException clear = new KernelException(e.call(), what, e.errno());
      clear.initCause(e);
      throw clear;
    }
  }

  /**
   * Looks up which addresses are taken, where others than this have the bridge too; nobody else may
   * attach until this has.
   */
  public void refresh() {
    pool.reset();
    markTaken();
  }

  /** Removes the bridge, every link on it and the packet rules. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      try (links) {
        removeAll(links, key);
      }
    }
  }

  /** Lets go of the bridge without removing it: containers that outlive the engine are on it. */
  public synchronized void leave() {
    closed = true;
    links.close();
  }

  /** The engines, by the first eight digits of their ids, that have left or now have something. */
  public static List<String> list() {
    Set<String> keys = new TreeSet<>();
    try (Links links = new Links(NetlinkSocket.route())) {
      bridges(links.list()).forEach(link -> BridgeNames.owner(link.name()).ifPresent(keys::add));
    }
    try {
      PacketRules.tables().forEach(table -> BridgeNames.owner(table).ifPresent(keys::add));
    } catch (KernelException e) {
      // Without nf_tables there are no tables.
      return List.copyOf(keys);
    }
    return List.copyOf(keys);
  }

  /** Removes what a dead engine has left; nothing left is no error. */
  public static void sweep(String engineId) {
    try (Links links = new Links(NetlinkSocket.route())) {
      removeAll(links, BridgeNames.key(engineId));
    }
  }

  /** Those of {@code links} that are bridges of engines. */
  static List<Links.Link> bridges(Collection<Links.Link> links) {
    return links.stream()
        .filter(link -> link.name().startsWith(BridgeNames.PREFIX))
        .filter(link -> BridgeNames.owner(link.name()).isPresent())
        .toList();
  }

  private void connect(NetworkNamespace namespace, int index, int address) {
    Links.Port outer =
        new Links.Port(BridgeNames.port(key, index), new HardwareAddress(OUTER_END, address));
    Links.Port inner = new Links.Port(INSIDE, new HardwareAddress(INNER_END, address));
    links.createCable(outer, bridge.index(), inner, namespace.fd(), bridge.mtu());
  }

  private void configure(NetworkNamespace namespace, int address) {
    try (Links inside = new Links(namespace.open(NetlinkSocket::route))) {
      Links.Link link =
          inside
              .find(INSIDE)
              .orElseThrow(() -> new KernelException("find link", INSIDE, Errno.ENODEV));
      inside.configure(link, address, subnet, subnet.address(GATEWAY));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void disconnect(int index, KernelException e) {
    try {
      links.find(BridgeNames.port(key, index)).ifPresent(links::delete);
    } catch (KernelException left) {
      e.addSuppressed(left);
    }
  }

  private void markTaken() {
    for (Links.Link link : links.list()) {
      String prefix = BridgeNames.port(key, 0).substring(0, BridgeNames.port(key, 0).length() - 1);
      if (link.name().startsWith(prefix)) {
        pool.mark(Integer.parseInt(link.name().substring(prefix.length()), 16));
      }
    }
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the bridge " + bridge.name() + " is closed");
    }
  }

  /** Does all of it even if a part fails; throws the first failure. */
  private static void removeAll(Links links, String key) {
    List<Links.Link> all = links.list();
    List<Runnable> steps = new ArrayList<>();
    all.stream()
        .filter(link -> BridgeNames.owner(link.name()).filter(key::equals).isPresent())
        .filter(link -> !link.name().equals(BridgeNames.bridge(key)))
        .forEach(link -> steps.add(() -> links.delete(link)));
    all.stream()
        .filter(link -> link.name().equals(BridgeNames.bridge(key)))
        .forEach(
            link -> {
              steps.add(() -> restoreForwarding(links, link));
              steps.add(() -> links.delete(link));
              steps.add(() -> repairForwarding(links, link));
            });
    steps.add(() -> removeRules(key));
    runAll(steps);
  }

  private static void removeRules(String key) {
    try {
      PacketRules.removeFromDocker(BridgeNames.table(key));
      PacketRules.remove(BridgeNames.table(key));
    } catch (KernelException e) {
      boolean absent = e.is(Errno.EOPNOTSUPP) || e.call().equals("socket");
      if (!absent) {
        throw e;
      }
    }
  }

  /** Turns off what engines turned on, if this bridge is the last. */
  private static void restoreForwarding(Links links, Links.Link bridge) {
    boolean last =
        bridges(links.list()).stream().allMatch(other -> other.index() == bridge.index());
    if (last) {
      setForwarding(Forwarding.marked(bridge.alias()), false);
    }
  }

  /** An engine that opened meanwhile had marked what it needs before it turned it on. */
  private static void repairForwarding(Links links, Links.Link gone) {
    Set<String> needed = Forwarding.marked(bridges(links.list()));
    needed.retainAll(Forwarding.marked(gone.alias()));
    setForwarding(needed, true);
  }

  private static void setForwarding(Collection<String> uplinks, boolean on) {
    for (String uplink : uplinks) {
      try {
        Forwarding.set(uplink, on);
      } catch (IOException e) {
        throw new KernelException("set forwarding of", uplink, Errno.EIO);
      }
    }
  }

  private static void runAll(List<Runnable> steps) {
    RuntimeException failure = null;
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
