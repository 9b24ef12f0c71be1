package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.dockerfile.Healthcheck;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What to run and what it may do. A value. What is not said is the image's, then Docker's default,
 * stricter where it costs nobody: no-new-privileges is on.
 */
@CheckReturnValue
public final class ContainerSpec {
  static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]*";

  private final ContainerOptions options; // never changed once it is here

  private ContainerSpec(ContainerOptions options) {
    this.options = options;
  }

  /** A container of a named image. */
  public static ContainerSpec of(String reference) {
    return new ContainerSpec(new ContainerOptions(new Source.Reference(reference)));
  }

  /** A container of an image, or of a build's step, in the store. */
  public static ContainerSpec of(ImageId id) {
    return new ContainerSpec(new ContainerOptions(new Source.Stored(id)));
  }

  /** A container of a recipe, which is built first, from the cache where it can be; no context. */
  public static ContainerSpec of(Image recipe) {
    return new ContainerSpec(new ContainerOptions(new Source.Recipe(recipe)));
  }

  /**
   * A container for a stranger's code: no network, no capabilities, a read-only root, a user
   * namespace of its own, 256 MiB of memory, one CPU and 64 processes unless said otherwise.
   */
  public static ContainerSpec sandbox(Image recipe) {
    return of(recipe)
        .network(NetworkMode.NONE)
        .memory(Size.mib(256))
        .cpus(1)
        .pids(64)
        .with(changed -> changed.sandboxed = true);
  }

  /** A name that no other container of the root has. */
  public ContainerSpec name(String name) {
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException(
          "a container's name has letters, digits, _ . and -, and begins with a letter or digit, not \""
              + name
              + "\"");
    }
    return with(changed -> changed.name = Optional.of(name));
  }

  /** Replaces the image's entrypoint; the image's command is then not used. */
  public ContainerSpec entrypoint(String... words) {
    return with(changed -> changed.entrypoint = Optional.of(List.of(words)));
  }

  /** Replaces the image's command. */
  public ContainerSpec command(String... words) {
    return with(changed -> changed.command = Optional.of(List.of(words)));
  }

  /** Sets a variable; its value does not appear in {@code toString}. */
  public ContainerSpec env(String name, String value) {
    return with(changed -> changed.env = put(changed.env, name, value));
  }

  /** An absolute path; made when missing. */
  public ContainerSpec workdir(String path) {
    return with(changed -> changed.workdir = Optional.of(path));
  }

  /** {@code user[:group]}, names of the image's passwd and group, or numbers. */
  public ContainerSpec user(String user) {
    return with(changed -> changed.user = Optional.of(user));
  }

  public ContainerSpec label(String name, String value) {
    return with(changed -> changed.labels = put(changed.labels, name, value));
  }

  /** Publishes a TCP port on a free port of 127.0.0.1; {@link Container#address} tells which. */
  public ContainerSpec publish(int containerPort) {
    return publish(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), containerPort);
  }

  /** Publishes a TCP port on 127.0.0.1; other hosts are let in by naming an address. */
  public ContainerSpec publish(int hostPort, int containerPort) {
    return publish(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.check(hostPort)),
        containerPort);
  }

  /** Publishes a TCP port on an address of this machine; port 0 is a free one. */
  public ContainerSpec publish(InetSocketAddress host, int containerPort) {
    PublishedPort port = new PublishedPort(host, Ports.check(containerPort));
    return with(changed -> changed.ports = plus(changed.ports, port));
  }

  public ContainerSpec mount(Mount mount) {
    return with(changed -> changed.mounts = plus(changed.mounts, mount));
  }

  /** The default is {@link NetworkMode#BRIDGE}. */
  public ContainerSpec network(NetworkMode mode) {
    return with(changed -> changed.network = mode);
  }

  /** How much of the machine it gets: {@code resources(r -> r.memory(Size.mib(64)).cpus(2))}. */
  public ContainerSpec resources(UnaryOperator<Resources> change) {
    return with(changed -> changed.resources = change.apply(changed.resources));
  }

  /** The most memory that its processes may hold; swap is not added to it. */
  public ContainerSpec memory(Size size) {
    return resources(resources -> resources.memory(size));
  }

  /** The most processor time, in processors: 1.5 is one and a half. */
  public ContainerSpec cpus(double cpus) {
    return resources(resources -> resources.cpus(cpus));
  }

  /** The most processes and threads at once. */
  public ContainerSpec pids(int limit) {
    return resources(resources -> resources.pids(limit));
  }

  /** What its processes may do: {@code rights(r -> r.drop(Rights.ALL).add("NET_RAW"))}. */
  public ContainerSpec rights(UnaryOperator<Rights> change) {
    return with(changed -> changed.rights = change.apply(changed.rights));
  }

  /** Short for {@link Rights#privileged}. */
  public ContainerSpec privileged() {
    return rights(Rights::privileged);
  }

  /** Whose namespaces it lives in: {@code namespaces(n -> n.pid(NamespaceMode.HOST))}. */
  public ContainerSpec namespaces(UnaryOperator<Namespaces> change) {
    return with(changed -> changed.namespaces = change.apply(changed.namespaces));
  }

  /** The default is the first twelve digits of its id. */
  public ContainerSpec hostname(String name) {
    return with(changed -> changed.hostname = Optional.of(hostName(name)));
  }

  /** The NIS domain name. */
  public ContainerSpec domainname(String name) {
    return with(changed -> changed.domainname = Optional.of(hostName(name)));
  }

  private static String hostName(String name) {
    if (!name.matches("[a-zA-Z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "a host name has 1 to 64 letters, digits, dots and hyphens, not \"" + name + "\"");
    }
    return name;
  }

  /** Extra groups of its user: names of the image's group file, or numbers. */
  public ContainerSpec groups(String... groups) {
    return with(changed -> changed.groups = List.of(groups));
  }

  /** A line of its /etc/hosts. */
  public ContainerSpec host(String name, InetAddress address) {
    return with(changed -> changed.hosts = put(changed.hosts, hostName(name), address));
  }

  /** With what {@code stop} asks it to end, in place of what the image says. */
  public ContainerSpec stopSignal(String signal) {
    return with(changed -> changed.stopSignal = Optional.of(signal));
  }

  /** How long {@code stop} waits before SIGKILL; the default is ten seconds. */
  public ContainerSpec stopTimeout(Duration grace) {
    return with(changed -> changed.stopTimeout = Optional.of(grace));
  }

  /** Its first process is a small one that passes signals on and reaps orphans. */
  public ContainerSpec init() {
    return with(changed -> changed.init = true);
  }

  /** Its command runs on a terminal; what it prints is then one stream. */
  public ContainerSpec tty() {
    return with(changed -> changed.tty = true);
  }

  /** It can write to its mounts only. */
  public ContainerSpec readOnlyRoot() {
    return with(changed -> changed.readOnlyRoot = true);
  }

  /** The size of /dev/shm; the default is 64 MiB. */
  public ContainerSpec shm(Size size) {
    return with(changed -> changed.shm = Optional.of(size));
  }

  /** The most that it may write to its own file system. */
  public ContainerSpec rootSize(Size size) {
    return with(changed -> changed.rootSize = Optional.of(size));
  }

  /** A limit of each of its processes. */
  public ContainerSpec ulimit(String name, long soft, long hard) {
    Ulimit limit = new Ulimit(name, soft, hard);
    return with(changed -> changed.ulimits = put(changed.ulimits, limit.name(), limit));
  }

  /** How its health is asked for, in place of what the image says. */
  public ContainerSpec health(Healthcheck check) {
    return with(changed -> changed.health = Optional.of(check));
  }

  /** Whether it is started again after its end; the default is {@link RestartPolicy#no}. */
  public ContainerSpec restart(RestartPolicy policy) {
    return with(changed -> changed.restart = policy);
  }

  /** How much of its output is kept; without this, all. */
  public ContainerSpec logs(LogLimit limit) {
    return with(changed -> changed.logs = Optional.of(limit));
  }

  /** After which it is killed, and its {@link ExitStatus} says so. */
  public ContainerSpec timeLimit(Duration limit) {
    return with(changed -> changed.timeLimit = Optional.of(limit));
  }

  /** When {@code run} returns; without it, as soon as the command was started. */
  public ContainerSpec readyWhen(Wait condition) {
    return with(changed -> changed.readyWhen = Optional.of(condition));
  }

  /** Keeps standard input open for {@link Container#stdin}; otherwise it is empty. */
  public ContainerSpec interactive() {
    return with(changed -> changed.interactive = true);
  }

  /** Outlives {@code close()} and the JVM. */
  public ContainerSpec detached() {
    return with(changed -> changed.detached = true);
  }

  /** When the image is pulled; the default is {@link PullPolicy#MISSING}. */
  public ContainerSpec pull(PullPolicy policy) {
    return with(changed -> changed.pull = policy);
  }

  public Source source() {
    return options.source;
  }

  public Optional<String> name() {
    return options.name;
  }

  public Optional<List<String>> entrypoint() {
    return options.entrypoint;
  }

  public Optional<List<String>> command() {
    return options.command;
  }

  public Map<String, String> env() {
    return options.env;
  }

  public Optional<String> workdir() {
    return options.workdir;
  }

  public Optional<String> user() {
    return options.user;
  }

  public Map<String, String> labels() {
    return options.labels;
  }

  public List<PublishedPort> ports() {
    return options.ports;
  }

  public List<Mount> mounts() {
    return options.mounts;
  }

  public NetworkMode network() {
    return options.network;
  }

  public Resources resources() {
    return options.resources;
  }

  public Rights rights() {
    return options.rights;
  }

  public Namespaces namespaces() {
    return options.namespaces;
  }

  public Optional<String> hostname() {
    return options.hostname;
  }

  public Optional<String> domainname() {
    return options.domainname;
  }

  public List<String> groups() {
    return options.groups;
  }

  /** Lines of /etc/hosts, by name. */
  public Map<String, InetAddress> hosts() {
    return options.hosts;
  }

  public Optional<String> stopSignal() {
    return options.stopSignal;
  }

  public Optional<Duration> stopTimeout() {
    return options.stopTimeout;
  }

  /** Whether {@link #init()} was asked for. */
  public boolean hasInit() {
    return options.init;
  }

  /** Whether {@link #tty()} was asked for. */
  public boolean hasTerminal() {
    return options.tty;
  }

  /** Whether {@link #readOnlyRoot()} was asked for. */
  public boolean rootIsReadOnly() {
    return options.readOnlyRoot;
  }

  public Optional<Size> shm() {
    return options.shm;
  }

  public Optional<Size> rootSize() {
    return options.rootSize;
  }

  /** By name. */
  public Map<String, Ulimit> ulimits() {
    return options.ulimits;
  }

  public Optional<Healthcheck> health() {
    return options.health;
  }

  public RestartPolicy restart() {
    return options.restart;
  }

  public Optional<LogLimit> logs() {
    return options.logs;
  }

  public Optional<Duration> timeLimit() {
    return options.timeLimit;
  }

  public Optional<Wait> readyWhen() {
    return options.readyWhen;
  }

  /** Whether {@link #interactive()} was asked for. */
  public boolean stdinOpen() {
    return options.interactive;
  }

  /** Whether {@link #detached()} was asked for. */
  public boolean outlivesEngine() {
    return options.detached;
  }

  /** Whether it was made by {@link #sandbox}. */
  public boolean sandboxed() {
    return options.sandboxed;
  }

  public PullPolicy pull() {
    return options.pull;
  }

  private static <K, V> Map<K, V> put(Map<K, V> map, K key, V value) {
    Map<K, V> copy = new LinkedHashMap<>(map);
    copy.put(key, value);
    return Collections.unmodifiableMap(copy);
  }

  private static <T> List<T> plus(List<T> list, T more) {
    List<T> copy = new ArrayList<>(list);
    copy.add(more);
    return List.copyOf(copy);
  }

  private ContainerSpec with(Consumer<ContainerOptions> change) {
    ContainerOptions copy = options.copy();
    change.accept(copy);
    return new ContainerSpec(copy);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ContainerSpec that && options.values().equals(that.options.values());
  }

  @Override
  public int hashCode() {
    return options.values().hashCode();
  }

  @Override
  public String toString() {
    return "container of "
        + options.source
        + options.name.map(name -> ", name " + name).orElse("")
        + options.command.map(words -> ", command " + words).orElse("")
        + (options.env.isEmpty() ? "" : ", env " + options.env.keySet());
  }

  /** A TCP port of the container and where this machine offers it. Immutable. */
  public record PublishedPort(InetSocketAddress host, int containerPort) {}

  /** What the container's file system is made of. Immutable. */
  public sealed interface Source {
    /** A name, pulled when missing. */
    record Reference(String name) implements Source {
      @Override
      public String toString() {
        return name;
      }
    }

    /** An image of the store. */
    record Stored(ImageId id) implements Source {
      @Override
      public String toString() {
        return id.toString();
      }
    }

    /** A recipe that is built first. */
    record Recipe(Image image) implements Source {
      @Override
      public String toString() {
        return "a recipe";
      }
    }
  }
}
