package io.jollyboat.linux.launcher;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.jollyboat.linux.syscall.Fd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Collects {@link Operations}. They run in the order in which they were added; where the kernel
 * cares about the order, the method says so. "In the root" means: resolved inside the container's
 * root directory whatever links the image holds. Not safe for use by several threads.
 */
public final class OperationsBuilder extends RootOperations<OperationsBuilder> {
  private boolean bornLater;

  /** Numbers the descriptors that operations use from {@code firstDescriptor} on. */
  OperationsBuilder(int firstDescriptor) {
    super(firstDescriptor);
  }

  /**
   * Writes {@code text} to an existing file of the host, in one write(2). For joining a cgroup
   * (write {@code 0} to {@code tasks} on v1) before {@link #unshare} of the cgroup namespace, and
   * for {@code /proc/self/oom_score_adj}; before {@link #pivot}.
   */
  @CanIgnoreReturnValue
  public OperationsBuilder writeFile(String path, String text) {
    return add(OperationCode.WRITE_FILE, "write " + path, 0, 0, 0, path, text);
  }

  /** Enters new namespaces: the cgroup one, once the process is in its cgroups. */
  @CanIgnoreReturnValue
  public OperationsBuilder unshare(Namespace... namespaces) {
    Set<Namespace> set = Set.of(namespaces);
    return add(OperationCode.UNSHARE, "unshare " + set, Namespace.flags(set), 0, 0);
  }

  /**
   * Enters the namespaces of another process; of a pid namespace only children are members, so
   * {@link #bornInside} follows when the rights are given up.
   *
   * @param process descriptor of the process (pidfd_open(2)) or, for a single namespace, of its
   *     file below {@code /proc/PID/ns}
   */
  @CanIgnoreReturnValue
  public OperationsBuilder joinNamespaces(Fd process, Collection<Namespace> namespaces) {
    bornLater |= namespaces.contains(Namespace.PID);
    String name = "join namespaces " + namespaces;
    long flags = Namespace.flags(namespaces);
    return add(OperationCode.JOIN_NAMESPACES, name, pass(process), flags, 0);
  }

  /**
   * Becomes the leader of a new session, without a terminal, now. Nobody has to ask for it: {@link
   * #terminal}, {@link #seccomp} and {@link #execute} see to it, as late as they can, for a new
   * session waits long for its first turn on a busy machine.
   */
  @CanIgnoreReturnValue
  public OperationsBuilder newSession() {
    return add(OperationCode.NEW_SESSION, "new session", 0, 0, 0);
  }

  /** Makes the root the process's root and lets go of the host's. After all mounts. */
  @CanIgnoreReturnValue
  public OperationsBuilder pivot() {
    return add(OperationCode.PIVOT, "pivot root", 0, 0, 0);
  }

  /** As {@link #pivot}, for a process that no longer needs its descriptors 0 to 2. */
  @CanIgnoreReturnValue
  public OperationsBuilder pivotWithoutDevices() {
    return add(OperationCode.PIVOT, "pivot root", 0, 1, 0);
  }

  /** Sets the host name of the UTS namespace. */
  @CanIgnoreReturnValue
  public OperationsBuilder hostname(String name) {
    return add(OperationCode.HOSTNAME, "set host name " + name, 0, 0, 0, name);
  }

  /** Sets the NIS domain name of the UTS namespace. */
  @CanIgnoreReturnValue
  public OperationsBuilder domainname(String name) {
    return add(OperationCode.DOMAINNAME, "set domain name " + name, 0, 0, 0, name);
  }

  /** Limits a resource; {@link ResourceLimit#UNLIMITED} lifts a limit. */
  @CanIgnoreReturnValue
  public OperationsBuilder limit(ResourceLimit resource, long soft, long hard) {
    String name = "limit " + resource;
    return add(OperationCode.RESOURCE_LIMIT, name, resource.number(), soft, hard);
  }

  /**
   * Writes a kernel parameter through the container's own /proc: after that is mounted, before it
   * is made read-only.
   *
   * @param name with dots or slashes, such as {@code net.ipv4.ip_forward}
   */
  @CanIgnoreReturnValue
  public OperationsBuilder sysctl(String name, String value) {
    String path = name.indexOf('/') >= 0 ? name : name.replace('.', '/');
    return add(OperationCode.SYSCTL, "set " + name, 0, 0, 0, "sys/" + path, value);
  }

  /** Sets the file creation mask; 022 when this is not asked for. After {@link #pivot}. */
  @CanIgnoreReturnValue
  public OperationsBuilder umask(int mask) {
    return add(OperationCode.UMASK, "set umask", mask, 0, 0);
  }

  /**
   * Changes to a directory that must lie inside the root, and closes every descriptor that an
   * operation may use: after {@link #pivot} and {@link #joinNamespaces}.
   */
  @CanIgnoreReturnValue
  public OperationsBuilder workingDirectory(String path) {
    String name = "change to directory " + path;
    return add(OperationCode.WORKING_DIRECTORY, name, 0, 0, 0, path);
  }

  /** Drops every capability that is not in {@code kept} from the bounding set. Before ids. */
  @CanIgnoreReturnValue
  public OperationsBuilder boundingSet(long kept) {
    return add(OperationCode.BOUNDING_SET, "drop bounding set", kept, 0, 0);
  }

  /** No program executed from now on gains rights. */
  @CanIgnoreReturnValue
  public OperationsBuilder noNewPrivileges() {
    return add(OperationCode.NO_NEW_PRIVILEGES, "no new privileges", 0, 0, 0);
  }

  /**
   * Filters the calls of the process from now on, of the launcher's own remaining operations too.
   * Without {@link #noNewPrivileges} it needs a capability, so it goes before {@link
   * #capabilities}.
   *
   * @param program classic BPF, eight bytes an instruction ({@code struct sock_filter})
   * @param flags of seccomp(2)
   */
  @CanIgnoreReturnValue
  public OperationsBuilder seccomp(byte[] program, long flags) {
    if (program.length == 0 || program.length % 8 != 0 || program.length / 8 > 4096) {
      throw new IllegalArgumentException(
          "a filter has 1 to 4096 instructions of 8 bytes, not " + program.length + " bytes");
    }
    names.add("load seccomp filter");
    encoder.add(OperationCode.SECCOMP, program.length / 8, flags, 0, program);
    return this;
  }

  /**
   * Becomes {@code uid:gid} with exactly {@code groups}, keeping permitted capabilities; pipes on
   * descriptors 0 to 2 are given to the user, so that /dev/stdout can be opened.
   */
  @CanIgnoreReturnValue
  public OperationsBuilder ids(int uid, int gid, List<Integer> groups) {
    ByteBuffer list = ByteBuffer.allocate(4 * groups.size()).order(ByteOrder.LITTLE_ENDIAN);
    groups.forEach(list::putInt);
    names.add("become user " + Integer.toUnsignedString(uid));
    long user = Integer.toUnsignedLong(uid);
    long group = Integer.toUnsignedLong(gid);
    encoder.add(OperationCode.IDS, user, group, groups.size(), list.array());
    return this;
  }

  /**
   * As {@link #ids(int, int, List)}, with the groups that the process has: for where none may be
   * set.
   */
  @CanIgnoreReturnValue
  public OperationsBuilder ids(int uid, int gid) {
    names.add("become user " + Integer.toUnsignedString(uid));
    long user = Integer.toUnsignedLong(uid);
    encoder.add(OperationCode.IDS, user, Integer.toUnsignedLong(gid), -1, new byte[0]);
    return this;
  }

  /** Sets the capability sets, the ambient one last. After {@link #ids}. */
  @CanIgnoreReturnValue
  public OperationsBuilder capabilities(CapabilitySets sets) {
    byte[] ambient =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(sets.ambient()).array();
    names.add("set capabilities");
    encoder.add(
        OperationCode.CAPABILITIES,
        sets.effective(),
        sets.permitted(),
        sets.inheritable(),
        ambient);
    return this;
  }

  /**
   * Goes on in a child that is born in the pid namespace that was joined, if any was: only once
   * nothing is left of the engine's rights and descriptors, for its neighbours may be allowed to
   * trace it from birth. After {@link #capabilities}; at the latest {@link #execute} sees to it.
   */
  @CanIgnoreReturnValue
  public OperationsBuilder bornInside() {
    if (bornLater) {
      add(OperationCode.BORN_INSIDE, "enter pid namespace", 0, 0, 0);
    }
    bornLater = false;
    return this;
  }

  /** Leaves the caller's keys behind: joins a new, empty session keyring. */
  @CanIgnoreReturnValue
  public OperationsBuilder newKeyring() {
    return add(OperationCode.SESSION_KEYRING, "new session keyring", 0, 0, 0);
  }

  /**
   * Opens a terminal of the container's own devpts as descriptors 0 to 2; its other side comes back
   * with the launcher's report. Either after the mount of /dev/pts and before {@link #pivot}, then
   * as /dev/console too, or in a container that was joined, after {@link #joinNamespaces}.
   */
  @CanIgnoreReturnValue
  public OperationsBuilder terminal(int rows, int columns, int uid) {
    long user = Integer.toUnsignedLong(uid);
    return add(OperationCode.TERMINAL, "open terminal", rows, columns, user);
  }

  /**
   * Enters a new user namespace. It owns none of the other namespaces, so root inside has no say
   * over them: after all mounts, names, addresses and parameters are set, before {@link #ids}.
   *
   * <p>The monitor, outside, writes the maps.
   *
   * @param uidMap lines of user_namespaces(7), {@code inside outside count}
   * @param setGroups whether groups may be changed inside; without root the kernel wants false
   * @param ownedByUser the monitor is not root of the machine: the kernel lets it write the maps
   *     only while the process is "dumpable", which it is no longer than that
   */
  @CanIgnoreReturnValue
  public OperationsBuilder userNamespace(
      String uidMap, String gidMap, boolean setGroups, boolean ownedByUser) {
    String name = "enter user namespace";
    long allowed = setGroups ? 1 : 0;
    long owned = ownedByUser ? 1 : 0;
    return add(OperationCode.USER_NAMESPACE, name, allowed, owned, 0, uidMap, gidMap);
  }

  /**
   * As {@link #userNamespace(String, String, boolean, boolean)} by root, with every id meaning
   * itself.
   */
  @CanIgnoreReturnValue
  public OperationsBuilder userNamespace() {
    String all = "0 0 4294967295";
    return userNamespace(all, all, true, false);
  }

  /**
   * Makes a user namespace that {@link #enterUserNamespace} enters; until then it maps the ids of
   * the root's layers, and what is made belongs to root inside. After {@link #separateMounts},
   * before {@link #rootOverlay}; as root only.
   *
   * @param uidMap lines of user_namespaces(7), with a line for id 0
   * @param uid what root inside is outside
   */
  @CanIgnoreReturnValue
  public OperationsBuilder mapIds(String uidMap, String gidMap, int uid, int gid) {
    long user = Integer.toUnsignedLong(uid);
    long group = Integer.toUnsignedLong(gid);
    return add(OperationCode.MAP_IDS, "map ids", user, group, 0, uidMap, gidMap);
  }

  /** Enters the namespace of {@link #mapIds}; as {@link #userNamespace()}. */
  @CanIgnoreReturnValue
  public OperationsBuilder enterUserNamespace() {
    return add(OperationCode.ENTER_USER_NAMESPACE, "enter user namespace", 0, 0, 0);
  }

  /**
   * Gives pipes on descriptors 0 to 2 to a user of the host: before a user namespace is entered in
   * which the pipes' owner does not exist. {@link #ids} does it for all others.
   */
  @CanIgnoreReturnValue
  public OperationsBuilder ownPipes(int uid) {
    return add(OperationCode.OWN_PIPES, "give pipes away", Integer.toUnsignedLong(uid), 0, 0);
  }

  /** The AppArmor profile of the program to be executed; through the container's own /proc. */
  @CanIgnoreReturnValue
  public OperationsBuilder appArmor(String profile) {
    String name = "set AppArmor profile " + profile;
    return add(OperationCode.APPARMOR, name, 0, 0, 0, "exec " + profile);
  }

  /** Brings up the loopback interface of the network namespace. */
  @CanIgnoreReturnValue
  public OperationsBuilder loopbackUp() {
    return add(OperationCode.LOOPBACK_UP, "bring up loopback", 0, 0, 0);
  }

  /**
   * Leaves a process behind that hands signals on to the program, reaps orphans and ends as the
   * program does: the container's first one. Both run the operations that follow, so it gives up
   * the same rights: before those, and after all that must be done once only.
   */
  @CanIgnoreReturnValue
  public OperationsBuilder init() {
    return add(OperationCode.INIT, "start the init process", 0, 0, 0);
  }

  /**
   * Executes a program in place of the launcher: always the last operation.
   *
   * @param arguments the first word is the program; without a slash it is searched in the PATH of
   *     {@code environment}, inside the root
   * @param environment {@code NAME=value} each
   */
  public Operations execute(List<String> arguments, List<String> environment) {
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("there is no program to execute");
    }
    bornInside();
    List<String> strings = new ArrayList<>(arguments);
    strings.addAll(environment);
    names.add("execute " + arguments.get(0));
    encoder.add(OperationCode.EXECUTE, arguments.size(), environment.size(), 0, strings);
    return build();
  }

  /**
   * Becomes nothing: keeps the root and its mounts until it is killed. In place of {@link
   * #execute}.
   */
  public Operations hold() {
    names.add("hold");
    encoder.add(OperationCode.HOLD, 0, 0, 0, List.of());
    return build();
  }

  /** The monitor thaws this v1 freezer before and after it kills: a frozen task does not die. */
  @CanIgnoreReturnValue
  OperationsBuilder freezer(String stateFile) {
    return add(OperationCode.FREEZER, "open " + stateFile, 0, 0, 0, stateFile);
  }

  /** The monitor kills and reaps what is left in this group when the process has ended. */
  @CanIgnoreReturnValue
  OperationsBuilder group(String directory) {
    return add(OperationCode.GROUP, "open " + directory, 0, 0, 0, directory);
  }

  @Override
  OperationsBuilder self() {
    return this;
  }
}
