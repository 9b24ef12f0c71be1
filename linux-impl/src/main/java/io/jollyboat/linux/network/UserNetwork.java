package io.jollyboat.linux.network;

import io.jollyboat.linux.process.Companion;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.linux.userns.ProcessRights;
import io.jollyboat.linux.userns.SubordinateIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A container's way to other machines without root: a program, pasta or slirp4netns, carries its
 * packets as connections of this user's. It reaches out only; published ports have their relay, and
 * this machine's loopback is out of its reach. Immutable.
 */
public final class UserNetwork {
  private static final long LONGEST_START_NANOS = 10_000_000_000L;
  private static final long PAUSE_NANOS = 2_000_000;
  private static final String DEFAULT_ROUTE = "00000000";

  private final Path program;
  private final boolean pasta;

  private UserNetwork(Path program, boolean pasta) {
    this.program = program;
    this.pasta = pasta;
  }

  /**
   * By what is installed: pasta, then slirp4netns; nothing without either. For root of somebody
   * else's user namespace slirp4netns only: pasta first gives up the capabilities without which the
   * kernel shows it no descriptor of a process that has them. And where this machine has no way out
   * itself, for then pasta ends at once.
   */
  public static Optional<UserNetwork> find() {
    boolean root = ProcessRights.ofThisProcess().user() == 0;
    boolean shut = routes(Path.of("/proc/self/net/route")).noneMatch(UserNetwork::isDefault);
    Optional<UserNetwork> slirp =
        SubordinateIds.program("slirp4netns").map(path -> new UserNetwork(path, false));
    return root || shut
        ? slirp
        : SubordinateIds.program("pasta").map(path -> new UserNetwork(path, true)).or(() -> slirp);
  }

  /** The program's name. */
  public String name() {
    return pasta ? "pasta" : "slirp4netns";
  }

  /** Where the container finds a resolver that asks this machine's. */
  public String resolver() {
    return pasta ? "169.254.1.1" : "10.0.2.3";
  }

  /**
   * Connects a process that waits in its new network namespace; returns when that has a way out.
   *
   * @param start starts the program
   * @param users the user namespace that owns the network
   * @throws KernelException when the program ends instead
   */
  public Companion attach(Function<List<String>, Companion> start, Pid process, Fd users) {
    // Another process of this user opens a descriptor of ours by this.
    String own = "/proc/" + ProcessHandle.current().pid() + "/fd/" + users.number();
    // Opened only once the program is in the user namespace, where it sees that one's processes.
    String network = "/proc/" + process.number() + "/ns/net";
    Companion companion = start.apply(words(own, network));
    try {
      await(companion, process);
      return companion;
    } catch (RuntimeException | Error e) {
      companion.close();
      throw e;
    }
  }

  private List<String> words(String users, String network) {
    List<String> words = new ArrayList<>(List.of(program.toString()));
    if (pasta) {
      words.addAll(List.of("--foreground", "--quiet", "--config-net", "--no-map-gw"));
      // An address of its own, as slirp4netns gives: by default it would have this machine's.
      words.addAll(List.of("-4", "-a", "10.0.2.100", "-n", "24", "-g", "10.0.2.2"));
      words.addAll(List.of("-t", "none", "-u", "none", "-T", "none", "-U", "none"));
      words.addAll(List.of("--dns-forward", resolver()));
      words.addAll(List.of("--userns", users, "--netns", network));
    } else {
      words.addAll(List.of("--configure", "--mtu=65520", "--disable-host-loopback"));
      words.addAll(List.of("--userns-path=" + users, "--netns-type=path", network, "tap0"));
    }
    return words;
  }

  private void await(Companion companion, Pid process) {
    long end = System.nanoTime() + LONGEST_START_NANOS;
    while (!hasWayOut(process)) {
      if (Thread.currentThread().isInterrupted()) {
        throw new KernelException("start", program.toString(), Errno.EINTR);
      }
      if (!companion.isRunning()) {
        throw new KernelException("connect by", program + hint(), Errno.EPIPE);
      }
      if (System.nanoTime() - end > 0) {
        throw new KernelException("connect by", program + hint(), Errno.ETIMEDOUT);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** The usual reason, which the program tells nobody but the system's log. */
  private static String hint() {
    return Files.isWritable(Path.of("/dev/net/tun"))
        ? ""
        : " (this user may not open /dev/net/tun: as root, chmod 666 /dev/net/tun)";
  }

  /** A default route: the last thing that the program makes. */
  private static boolean hasWayOut(Pid process) {
    return routes(Path.of("/proc/" + process.number(), "net/route"))
        .anyMatch(UserNetwork::isDefault);
  }

  private static boolean isDefault(String[] words) {
    return words[1].equals(DEFAULT_ROUTE);
  }

  private static Stream<String[]> routes(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(line -> line.strip().split("\\s+"))
          .filter(words -> words.length > 9);
    } catch (IOException e) {
      return Stream.empty(); // the process is gone, as the caller finds out
    }
  }
}
