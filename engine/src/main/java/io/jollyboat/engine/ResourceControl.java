package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.Resources;
import io.jollyboat.linux.cgroup.CgroupException;
import io.jollyboat.linux.cgroup.ContainerCgroup;
import io.jollyboat.linux.network.Attachment;
import io.jollyboat.linux.process.MonitoredProcess;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What can be changed of a process that runs: its limits, and whether it runs on. A frozen process
 * of cgroup v1 outlives even SIGKILL: whoever ends it thaws it, and nobody freezes it after that.
 * Safe for use by several threads.
 */
final class ResourceControl implements AutoCloseable {
  private final String name;
  private final MonitoredProcess process;
  private final ContainerCgroup cgroup;
  private final Processors processors;
  private final Processors.Lease lease;
  private final Optional<ViewFiles> view;
  private final Optional<Attachment> network;
  private final ReentrantLock pausing = new ReentrantLock();
  private Allotment allotment;
  private volatile boolean paused;
  private volatile boolean ending;

  ResourceControl(
      String name,
      MonitoredProcess process,
      ContainerCgroup cgroup,
      Processors processors,
      Processors.Lease lease,
      Allotment allotment,
      Optional<ViewFiles> view,
      Optional<Attachment> network) {
    this.name = name;
    this.process = process;
    this.cgroup = cgroup;
    this.processors = processors;
    this.lease = lease;
    this.allotment = allotment;
    this.view = view;
    this.network = network;
  }

  /**
   * Other limits from now on; all or none of them.
   *
   * @throws CgroupException when the kernel refuses one
   * @throws IllegalArgumentException when they do not fit together, or cannot be changed now
   */
  synchronized void update(Resources asked) {
    Resources before = allotment.asked();
    if (!asked.oomScore().equals(before.oomScore())) {
      throw new IllegalArgumentException(
          "the oom score of processes that run cannot be changed: give it at the start");
    }
    Bandwidth.require(asked, network.isPresent());
    Allotment next = Allotment.of(asked, allotment.limits().devices(), processors);
    try {
      cgroup.change(allotment.limits(), next.limits());
      limitBandwidth(before, next);
    } catch (RuntimeException e) {
      processors.giveBack(next.choice());
      throw e;
    }
    lease.exchange(next.choice());
    allotment = next;
    view.ifPresent(files -> files.reshape(next));
  }

  private void limitBandwidth(Resources before, Allotment next) {
    try {
      network.ifPresent(link -> Bandwidth.limit(link, before, next.asked()));
    } catch (RuntimeException e) {
      try {
        cgroup.change(next.limits(), allotment.limits());
      } catch (CgroupException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** Whoever had the process before may have paused it. */
  void found() {
    pausing.lock();
    try {
      paused = cgroup.isFrozen();
    } finally {
      pausing.unlock();
    }
  }

  boolean isPaused() {
    return paused;
  }

  /**
   * Stops all processes where they are.
   *
   * @throws ConflictException when it is paused, or ends
   * @throws CgroupException when that is not possible
   */
  void pause() {
    pausing.lock();
    try {
      if (paused) {
        throw new ConflictException("container " + name + " is paused already", name);
      }
      if (ending || !process.isRunning()) {
        throw new ConflictException("container " + name + " has ended", name);
      }
      cgroup.freeze(() -> ending || !process.isRunning());
      paused = true;
    } finally {
      pausing.unlock();
    }
    // Its monitor may be killed: the process gets SIGKILL then, which a frozen one does not heed.
    var unused = process.onExit().thenRunAsync(this::thaw);
  }

  /**
   * Lets them go on.
   *
   * @throws ConflictException when it is not paused
   */
  void unpause() {
    pausing.lock();
    try {
      if (!paused) {
        throw new ConflictException("container " + name + " is not paused", name);
      }
      cgroup.thaw();
      paused = false;
    } finally {
      pausing.unlock();
    }
  }

  /**
   * @throws ConflictException when it is paused: what would be started in it would never answer
   */
  void requireUnpaused() {
    if (paused) {
      throw new ConflictException("container " + name + " is paused: unpause() it first", name);
    }
  }

  /** Signals its first process, which heeds it once it is no longer paused; SIGKILL ends that. */
  void signal(int number) {
    if (number == Signals.KILL) {
      ending = true; // a freeze that is under way gives up
    }
    process.kill(number);
    if (number == Signals.KILL) {
      thaw();
    }
  }

  /** Lets it go on where it is paused: it has been told to end. */
  void thaw() {
    pausing.lock();
    try {
      if (paused) {
        cgroup.thaw();
        paused = false;
      }
    } catch (CgroupException e) {
      paused = !process.isRunning(); // its group went with it
    } finally {
      pausing.unlock();
    }
  }

  /** Before it is killed: nobody pauses it any more. */
  @Override
  public void close() {
    ending = true;
    thaw();
  }
}
