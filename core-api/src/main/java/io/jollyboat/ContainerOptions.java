package io.jollyboat;

import io.jollyboat.dockerfile.Healthcheck;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields of a {@link ContainerSpec}. */
final class ContainerOptions extends CopiedOptions<ContainerOptions> {
  final ContainerSpec.Source source;
  Optional<String> name = Optional.empty();
  Optional<List<String>> entrypoint = Optional.empty();
  Optional<List<String>> command = Optional.empty();
  Map<String, String> env = Map.of();
  Optional<String> workdir = Optional.empty();
  Optional<String> user = Optional.empty();
  List<String> groups = List.of();
  Optional<String> hostname = Optional.empty();
  Optional<String> domainname = Optional.empty();
  Map<String, InetAddress> hosts = Map.of();
  Map<String, String> labels = Map.of();
  List<ContainerSpec.PublishedPort> ports = List.of();
  List<Mount> mounts = List.of();
  NetworkMode network = NetworkMode.BRIDGE;
  Namespaces namespaces = Namespaces.OWN;
  Resources resources = Resources.none();
  Rights rights = Rights.defaults();
  Map<String, Ulimit> ulimits = Map.of();
  Optional<Size> shm = Optional.empty();
  Optional<Size> rootSize = Optional.empty();
  boolean readOnlyRoot;
  Optional<Duration> timeLimit = Optional.empty();
  Optional<Wait> readyWhen = Optional.empty();
  Optional<String> stopSignal = Optional.empty();
  Optional<Duration> stopTimeout = Optional.empty();
  Optional<Healthcheck> health = Optional.empty();
  RestartPolicy restart = RestartPolicy.no();
  Optional<LogLimit> logs = Optional.empty();
  boolean init;
  boolean tty;
  boolean interactive;
  boolean detached;
  boolean sandboxed;
  PullPolicy pull = PullPolicy.MISSING;

  ContainerOptions(ContainerSpec.Source source) {
    this.source = source;
  }

  List<Object> values() {
    List<Object> values = new ArrayList<>();
    Collections.addAll(values, source, name, entrypoint, command, env, workdir, user, groups);
    Collections.addAll(values, hostname, domainname, hosts, labels, ports, mounts, network);
    Collections.addAll(values, namespaces, resources, rights, ulimits, shm, rootSize, readOnlyRoot);
    Collections.addAll(
        values, timeLimit, readyWhen, stopSignal, stopTimeout, health, restart, logs);
    Collections.addAll(values, init, tty, interactive, detached, sandboxed, pull);
    return values;
  }
}
