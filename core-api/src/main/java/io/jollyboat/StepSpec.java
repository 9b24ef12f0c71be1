package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What every RUN of a build is given, as the options of {@code docker build} say it. A value. None
 * of it is part of what a step is cached by, or of the image.
 */
@CheckReturnValue
public final class StepSpec {
  private static final StepSpec DEFAULTS =
      new StepSpec(Resources.none(), Map.of(), Optional.empty(), Map.of(), NetworkMode.BRIDGE);

  private final Resources resources;
  private final Map<String, Ulimit> ulimits;
  private final Optional<Size> shm;
  private final Map<String, InetAddress> hosts;
  private final NetworkMode network;

  private StepSpec(
      Resources resources,
      Map<String, Ulimit> ulimits,
      Optional<Size> shm,
      Map<String, InetAddress> hosts,
      NetworkMode network) {
    this.resources = resources;
    this.ulimits = ulimits;
    this.shm = shm;
    this.hosts = hosts;
    this.network = network;
  }

  /** No limits, no extra hosts, the bridge. */
  public static StepSpec defaults() {
    return DEFAULTS;
  }

  /** How much of the machine each step gets: {@code resources(r -> r.cpuset("0-1"))}. */
  public StepSpec resources(UnaryOperator<Resources> change) {
    return new StepSpec(change.apply(resources), ulimits, shm, hosts, network);
  }

  /** The most memory that a step's processes may hold; swap is not added to it. */
  public StepSpec memory(Size size) {
    return resources(all -> all.memory(size));
  }

  /** The most processor time of a step, in processors: 1.5 is one and a half. */
  public StepSpec cpus(double cpus) {
    return resources(all -> all.cpus(cpus));
  }

  /** The most processes and threads of a step at once. */
  public StepSpec pids(int limit) {
    return resources(all -> all.pids(limit));
  }

  /** A limit of each process, in its own unit; -1: none. */
  public StepSpec ulimit(String name, long soft, long hard) {
    Ulimit limit = new Ulimit(name, soft, hard);
    return new StepSpec(resources, plus(ulimits, limit.name(), limit), shm, hosts, network);
  }

  /** The size of /dev/shm; the default is 64 MiB. */
  public StepSpec shm(Size size) {
    return new StepSpec(resources, ulimits, Optional.of(size), hosts, network);
  }

  /** A line of /etc/hosts while a step runs; the image never has it. */
  public StepSpec host(String name, InetAddress address) {
    return new StepSpec(resources, ulimits, shm, plus(hosts, name, address), network);
  }

  /**
   * The network of a RUN that names none; the default is {@link NetworkMode#BRIDGE}. Asking for
   * that of this machine is the caller's leave for it.
   *
   * @throws IllegalArgumentException for a container's network, which no step can share
   */
  public StepSpec network(NetworkMode mode) {
    if (mode.container().isPresent()) {
      throw new IllegalArgumentException(
          "a step cannot share a container's network: name none, host or bridge");
    }
    return new StepSpec(resources, ulimits, shm, hosts, mode);
  }

  private static <T> Map<String, T> plus(Map<String, T> map, String name, T value) {
    Map<String, T> more = new LinkedHashMap<>(map);
    more.put(name, value);
    return Collections.unmodifiableMap(more);
  }

  public Resources resources() {
    return resources;
  }

  /** By their names. */
  public Map<String, Ulimit> ulimits() {
    return ulimits;
  }

  public Optional<Size> shm() {
    return shm;
  }

  /** Lines of /etc/hosts, by name. */
  public Map<String, InetAddress> hosts() {
    return hosts;
  }

  public NetworkMode network() {
    return network;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StepSpec that
        && resources.equals(that.resources)
        && ulimits.equals(that.ulimits)
        && shm.equals(that.shm)
        && hosts.equals(that.hosts)
        && network.equals(that.network);
  }

  @Override
  public int hashCode() {
    return Objects.hash(resources, ulimits, shm, hosts, network);
  }

  @Override
  public String toString() {
    return "steps with limits "
        + ulimits.values()
        + ", hosts "
        + hosts.keySet()
        + ", network "
        + network;
  }
}
