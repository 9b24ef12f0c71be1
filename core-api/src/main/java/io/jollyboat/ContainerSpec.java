package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What to run and what it may do. A value. What is not said is the image's, then Docker's default,
 * stricter where it costs nobody: no-new-privileges is on.
 */
@CheckReturnValue
public final class ContainerSpec {
  private final Options options; // never changed once it is here

  private ContainerSpec(Options options) {
    this.options = options;
  }

  /** A container of a named image. */
  public static ContainerSpec of(String reference) {
    return new ContainerSpec(new Options(new Source.Reference(reference)));
  }

  /** A container of an image, or of a build's step, in the store. */
  public static ContainerSpec of(ImageId id) {
    return new ContainerSpec(new Options(new Source.Stored(id)));
  }

  /** A container of a recipe, which is built first, from the cache where it can be; no context. */
  public static ContainerSpec of(Image recipe) {
    return new ContainerSpec(new Options(new Source.Recipe(recipe)));
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
    if (!name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*")) {
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
    return with(changed -> changed.env.put(name, value));
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
    return with(changed -> changed.labels.put(name, value));
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
    return with(changed -> changed.ports.add(port));
  }

  public ContainerSpec mount(Mount mount) {
    return with(changed -> changed.mounts.add(mount));
  }

  /** The default is {@link NetworkMode#BRIDGE}. */
  public ContainerSpec network(NetworkMode mode) {
    return with(changed -> changed.network = mode);
  }

  /** The most memory that its processes may hold; swap is not added to it. */
  public ContainerSpec memory(Size size) {
    return with(changed -> changed.memory = Optional.of(size));
  }

  /** The most processor time, in processors: 1.5 is one and a half. */
  public ContainerSpec cpus(double cpus) {
    if (!(cpus > 0)) {
      throw new IllegalArgumentException("cpus must be more than 0, not " + cpus);
    }
    return with(changed -> changed.cpus = OptionalDouble.of(cpus));
  }

  /** The most processes and threads at once. */
  public ContainerSpec pids(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a limit of processes must be at least 1, not " + limit);
    }
    return with(changed -> changed.pids = OptionalInt.of(limit));
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
    return Collections.unmodifiableMap(options.env);
  }

  public Optional<String> workdir() {
    return options.workdir;
  }

  public Optional<String> user() {
    return options.user;
  }

  public Map<String, String> labels() {
    return Collections.unmodifiableMap(options.labels);
  }

  public List<PublishedPort> ports() {
    return Collections.unmodifiableList(options.ports);
  }

  public List<Mount> mounts() {
    return Collections.unmodifiableList(options.mounts);
  }

  public NetworkMode network() {
    return options.network;
  }

  public Optional<Size> memory() {
    return options.memory;
  }

  public OptionalDouble cpus() {
    return options.cpus;
  }

  public OptionalInt pids() {
    return options.pids;
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

  private ContainerSpec with(Consumer<Options> change) {
    Options copy = new Options(options);
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

  private static final class Options {
    final Source source;
    Optional<String> name = Optional.empty();
    Optional<List<String>> entrypoint = Optional.empty();
    Optional<List<String>> command = Optional.empty();
    final Map<String, String> env;
    Optional<String> workdir = Optional.empty();
    Optional<String> user = Optional.empty();
    final Map<String, String> labels;
    final List<PublishedPort> ports;
    final List<Mount> mounts;
    NetworkMode network = NetworkMode.BRIDGE;
    Optional<Size> memory = Optional.empty();
    OptionalDouble cpus = OptionalDouble.empty();
    OptionalInt pids = OptionalInt.empty();
    Optional<Duration> timeLimit = Optional.empty();
    Optional<Wait> readyWhen = Optional.empty();
    boolean interactive;
    boolean detached;
    boolean sandboxed;
    PullPolicy pull = PullPolicy.MISSING;

    Options(Source source) {
      this.source = source;
      env = new LinkedHashMap<>();
      labels = new LinkedHashMap<>();
      ports = new ArrayList<>();
      mounts = new ArrayList<>();
    }

    Options(Options from) {
      source = from.source;
      name = from.name;
      entrypoint = from.entrypoint;
      command = from.command;
      env = new LinkedHashMap<>(from.env);
      workdir = from.workdir;
      user = from.user;
      labels = new LinkedHashMap<>(from.labels);
      ports = new ArrayList<>(from.ports);
      mounts = new ArrayList<>(from.mounts);
      network = from.network;
      memory = from.memory;
      cpus = from.cpus;
      pids = from.pids;
      timeLimit = from.timeLimit;
      readyWhen = from.readyWhen;
      interactive = from.interactive;
      detached = from.detached;
      sandboxed = from.sandboxed;
      pull = from.pull;
    }

    List<Object> values() {
      List<Object> values = new ArrayList<>();
      Collections.addAll(
          values,
          source,
          name,
          entrypoint,
          command,
          env,
          workdir,
          user,
          labels,
          ports,
          mounts,
          network,
          memory,
          cpus,
          pids,
          timeLimit,
          readyWhen,
          interactive,
          detached,
          sandboxed,
          pull);
      return values;
    }
  }
}
