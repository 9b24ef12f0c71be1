package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.oci.SeccompProfile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the processes of a container may do. The defaults are Docker's, without gaining privileges.
 * A value.
 */
@CheckReturnValue
public final class Rights {
  /** Stands for every capability. */
  public static final String ALL = "ALL";

  private final Options options;

  private Rights(Options options) {
    this.options = options;
  }

  /** Docker's fourteen capabilities, its seccomp profile, devices, masked and read-only paths. */
  public static Rights defaults() {
    return new Rights(new Options());
  }

  /** Capabilities beside the default ones, with or without {@code CAP_}; {@link #ALL}: all. */
  public Rights add(String... capabilities) {
    return with(changed -> changed.added = plus(changed.added, names(capabilities)));
  }

  /** Capabilities that it does not have, by default or by {@code add(ALL)}. */
  public Rights drop(String... capabilities) {
    return with(changed -> changed.dropped = plus(changed.dropped, names(capabilities)));
  }

  private static List<String> names(String... capabilities) {
    List<String> names = new ArrayList<>();
    for (String capability : capabilities) {
      String name = capability.toUpperCase(Locale.ROOT);
      if (!name.matches("[A-Z_]+")) {
        throw new IllegalArgumentException("not a capability: \"" + capability + "\"");
      }
      names.add(name.startsWith("CAP_") ? name.substring("CAP_".length()) : name);
    }
    return names;
  }

  /**
   * A filter of system calls in place of the default one.
   *
   * @param profile JSON in Docker's form or in the OCI runtime's
   * @throws io.jollyboat.oci.OciFormatException naming the place in it that is wrong
   */
  public Rights seccomp(String profile) {
    SeccompProfile.parse(profile); // a mistake in it is told here, not at the start
    return with(changed -> changed.seccomp = Seccomp.custom(profile));
  }

  /** No filter of system calls. */
  public Rights seccompUnconfined() {
    return with(changed -> changed.seccomp = Seccomp.UNCONFINED);
  }

  /** A device of this machine at its own path, to be read, written and made again. */
  public Rights device(Path host) {
    return device(host, host.toString(), "rwm");
  }

  /**
   * A device of this machine.
   *
   * @param container its path there
   * @param permissions some of {@code r} read, {@code w} write, {@code m} make
   */
  public Rights device(Path host, String container, String permissions) {
    if (!container.startsWith("/")) {
      throw new IllegalArgumentException(
          "a device's path in the container must be absolute: \"" + container + "\"");
    }
    if (!permissions.matches("[rwm]{1,3}")) {
      throw new IllegalArgumentException(
          "a device's permissions are some of r, w and m, not \"" + permissions + "\"");
    }
    Device device = new Device(host, container, permissions);
    return with(changed -> changed.devices = plus(changed.devices, List.of(device)));
  }

  /**
   * Allows devices that it makes itself or finds in a mount.
   *
   * @param rule {@code c 10:200 rwm}: type a, b or c, numbers or {@code *}, permissions
   */
  public Rights deviceRule(String rule) {
    if (!rule.matches("[abc] (\\d{1,10}|\\*):(\\d{1,10}|\\*) [rwm]{1,3}")) {
      throw new IllegalArgumentException(
          "a device rule is like \"c 10:200 rwm\", not \"" + rule + "\"");
    }
    return with(changed -> changed.deviceRules = plus(changed.deviceRules, List.of(rule)));
  }

  /** Set-id programs and file capabilities give rights, as {@code sudo} needs. */
  public Rights newPrivileges() {
    return with(changed -> changed.newPrivileges = true);
  }

  /** Paths whose content is hidden, in place of the default ones. */
  public Rights maskedPaths(String... paths) {
    return with(changed -> changed.maskedPaths = Optional.of(absolute(paths)));
  }

  /** Paths that cannot be written, in place of the default ones. */
  public Rights readOnlyPaths(String... paths) {
    return with(changed -> changed.readOnlyPaths = Optional.of(absolute(paths)));
  }

  private static List<String> absolute(String... paths) {
    for (String path : paths) {
      if (!path.startsWith("/")) {
        throw new IllegalArgumentException("a path must be absolute: \"" + path + "\"");
      }
    }
    return List.of(paths);
  }

  /** A kernel parameter of the container's own namespaces, as {@code net.ipv4.ip_forward}. */
  public Rights sysctl(String name, String value) {
    return with(
        changed -> {
          Map<String, String> copy = new LinkedHashMap<>(changed.sysctls);
          copy.put(name, value);
          changed.sysctls = Collections.unmodifiableMap(copy);
        });
  }

  /** A user namespace of its own in which every id means itself: capabilities end at its border. */
  public Rights userNamespace() {
    return with(changed -> changed.userNamespace = Optional.of(UserNamespace.SAME_IDS));
  }

  /** A user namespace of its own with these ids; what they do not cover does not exist inside. */
  public Rights userNamespace(List<IdMap> users, List<IdMap> groups) {
    if (users.isEmpty() || groups.isEmpty()) {
      throw new IllegalArgumentException("a user namespace needs ids of users and of groups");
    }
    UserNamespace chosen = new UserNamespace(users, groups);
    return with(changed -> changed.userNamespace = Optional.of(chosen));
  }

  /** An AppArmor profile that this machine has loaded. */
  public Rights appArmor(String profile) {
    return with(changed -> changed.appArmor = Optional.of(profile));
  }

  /**
   * All that this process may do: every capability and device, no filter, nothing masked. Whoever
   * is root in such a container is root on this machine.
   */
  public Rights privileged() {
    return with(changed -> changed.privileged = true);
  }

  /** Without {@code CAP_}, in order. */
  public List<String> added() {
    return options.added;
  }

  /** Without {@code CAP_}, in order. */
  public List<String> dropped() {
    return options.dropped;
  }

  public Seccomp seccomp() {
    return options.seccomp;
  }

  public List<Device> devices() {
    return options.devices;
  }

  public List<String> deviceRules() {
    return options.deviceRules;
  }

  /** Whether {@link #newPrivileges()} was asked for. */
  public boolean mayGainPrivileges() {
    return options.newPrivileges;
  }

  /** Empty: the default ones. */
  public Optional<List<String>> maskedPaths() {
    return options.maskedPaths;
  }

  /** Empty: the default ones. */
  public Optional<List<String>> readOnlyPaths() {
    return options.readOnlyPaths;
  }

  public Map<String, String> sysctls() {
    return options.sysctls;
  }

  /** Empty: none of its own. */
  public Optional<UserNamespace> ownUserNamespace() {
    return options.userNamespace;
  }

  public Optional<String> appArmor() {
    return options.appArmor;
  }

  /** Whether {@link #privileged()} was asked for. */
  public boolean unconfined() {
    return options.privileged;
  }

  private static <T> List<T> plus(List<T> list, List<T> more) {
    Set<T> all = new LinkedHashSet<>(list);
    all.addAll(more);
    return List.copyOf(all);
  }

  private Rights with(Consumer<Options> change) {
    Options copy = options.copy();
    change.accept(copy);
    return new Rights(copy);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rights that && options.values().equals(that.options.values());
  }

  @Override
  public int hashCode() {
    return options.values().hashCode();
  }

  /** A device of this machine and its path in the container. Immutable. */
  public record Device(Path host, String container, String permissions) {}

  /** The ids of a user namespace. Immutable. */
  public record UserNamespace(List<IdMap> users, List<IdMap> groups) {
    private static final List<IdMap> ALL_IDS = List.of(new IdMap(0, 0, 4294967295L));

    /** Every id means itself. */
    public static final UserNamespace SAME_IDS = new UserNamespace(ALL_IDS, ALL_IDS);

    public UserNamespace {
      users = List.copyOf(users);
      groups = List.copyOf(groups);
    }
  }

  /**
   * Which filter of system calls there is. Immutable.
   *
   * @param filtered false: none
   * @param profile empty: the default one
   */
  public record Seccomp(boolean filtered, Optional<String> profile) {
    public static final Seccomp DEFAULT = new Seccomp(true, Optional.empty());
    public static final Seccomp UNCONFINED = new Seccomp(false, Optional.empty());

    static Seccomp custom(String profile) {
      return new Seccomp(true, Optional.of(profile));
    }
  }

  private static final class Options extends CopiedOptions<Options> {
    List<String> added = List.of();
    List<String> dropped = List.of();
    Seccomp seccomp = Seccomp.DEFAULT;
    List<Device> devices = List.of();
    List<String> deviceRules = List.of();
    boolean newPrivileges;
    Optional<List<String>> maskedPaths = Optional.empty();
    Optional<List<String>> readOnlyPaths = Optional.empty();
    Map<String, String> sysctls = Map.of();
    Optional<UserNamespace> userNamespace = Optional.empty();
    Optional<String> appArmor = Optional.empty();
    boolean privileged;

    List<Object> values() {
      List<Object> values = new ArrayList<>();
      Collections.addAll(values, added, dropped, seccomp, devices, deviceRules, newPrivileges);
      Collections.addAll(values, maskedPaths, readOnlyPaths, sysctls, userNamespace, appArmor);
      values.add(privileged);
      return values;
    }
  }
}
