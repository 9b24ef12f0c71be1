package io.jollyboat.it;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.Image;
import io.jollyboat.NetworkMode;
import io.jollyboat.Probe;
import io.jollyboat.Size;
import io.jollyboat.Stats;
import io.jollyboat.dockerfile.Run;
import java.util.Map;
import java.util.stream.Collectors;

/** What the user of {@link DelegatedIT} does who was given control groups. */
final class DelegatedStory {
  private static final String LIMITS =
      """
      cd /sys/fs/cgroup
      cat memory.max memory/memory.limit_in_bytes 2>/dev/null
      cat pids.max pids/pids.max 2>/dev/null
      cat cpu.max cpu/cpu.cfs_quota_us 2>/dev/null
      head -1 /proc/meminfo
      """;

  private final Engine engine;

  private DelegatedStory(Engine engine) {
    this.engine = engine;
  }

  public static void main(String[] words) {
    Story.tell(words, engine -> new DelegatedStory(engine).topics());
  }

  private Map<String, Story.Topic> topics() {
    return Map.of(
        "limits", this::limits,
        "sandbox", this::sandbox,
        "memory", this::memory,
        "pids", this::pids,
        "pause", this::pause,
        "stats", this::stats,
        "update", this::update,
        "build", this::build,
        "probe", DelegatedStory::probe);
  }

  private static ContainerSpec shell(String script) {
    return ContainerSpec.of(Image.host()).network(NetworkMode.NONE).command("sh", "-c", script);
  }

  private String run(ContainerSpec spec) {
    try (Container container = engine.run(spec)) {
      ExitStatus end = container.awaitExit();
      return container.logs() + "exit " + end.code() + (end.outOfMemory() ? " out of memory" : "");
    }
  }

  private String limits() {
    return run(shell(LIMITS).memory(Size.mib(64)).pids(20).cpus(0.5));
  }

  private String sandbox() {
    return run(ContainerSpec.sandbox(Image.host()).command("sh", "-c", "id -u; touch /x 2>&1"));
  }

  private String memory() {
    return run(shell("tail /dev/zero").memory(Size.mib(24)));
  }

  private String pids() {
    String script = "for i in 1 2 3 4 5 6 7 8 9; do sleep 5 & done";
    return run(shell(script).pids(5));
  }

  private String pause() {
    try (Container container = engine.run(shell("while :; do echo x; sleep 0.01; done").pids(10))) {
      container.pause();
      String paused = container.state().status().toString();
      container.unpause();
      return paused + " " + container.state().status();
    }
  }

  private String stats() {
    try (Container container = engine.run(shell("exec sleep 100").memory(Size.mib(64)).pids(7))) {
      Stats now = container.stats();
      return now.pids().current() + " of " + now.pids().limit().orElse(-1);
    }
  }

  private String update() {
    try (Container container = engine.run(shell("exec sleep 100").memory(Size.mib(64)))) {
      container.update(limits -> limits.memory(Size.mib(32)).pids(9));
      return container.exec("sh", "-c", LIMITS).out();
    }
  }

  private String build() {
    Image image =
        Image.host().with(step("test -e /sys/fs/cgroup")).with(step("echo built > /built"));
    return run(ContainerSpec.of(image).network(NetworkMode.NONE).command("cat", "/built"));
  }

  private static Run step(String script) {
    return Run.shell(script).network(Run.Network.NONE);
  }

  private static String probe() {
    return Engine.probe().capabilities().stream()
        .filter(capability -> capability.name().startsWith("cgroup"))
        .map(DelegatedStory::found)
        .collect(Collectors.joining(", "));
  }

  private static String found(Probe.Capability capability) {
    return capability.name() + " " + capability.status();
  }
}
