package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.DeviceRule;
import io.jollyboat.linux.cgroup.PlacedCgroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The resources of a configuration (config-linux.md, Control groups), written to the files of a
 * container's groups, on v1 or v2 as the machine has it.
 */
abstract class ResourceWrites {
  private final PlacedCgroup groups;

  ResourceWrites(PlacedCgroup groups) {
    this.groups = groups;
  }

  static ResourceWrites of(PlacedCgroup groups) {
    return groups.unified() ? new ResourceWritesV2(groups) : new ResourceWritesV1(groups);
  }

  /**
   * As {@link #write}, and which devices a new container may use where nothing says so. In a user
   * namespace the kernel lets nobody say.
   */
  final void writeNew(Optional<Fields> resources) {
    resources.ifPresent(this::write);
    boolean given = resources.isPresent() && resources.get().has("devices");
    if (!given && Machine.isOwnUsers()) {
      devices(DeviceAccess.of(List.of()));
    }
  }

  /** Writes what is given; the rest stays as it is. */
  final void write(Fields resources) {
    checkMemory(resources.object("memory"));
    memory(resources.object("memory"));
    cpu(resources.object("cpu"));
    pids(resources.object("pids"));
    blockIo(resources.object("blockIO"));
    for (Fields limit : resources.objects("hugepageLimits")) {
      hugePages(limit.required("pageSize"), required(limit, "limit"));
    }
    network(resources);
    rdma(resources.object("rdma"));
    unified(resources);
    if (resources.has("devices")) {
      devices(DeviceAccess.of(resources.objects("devices")));
    }
  }

  abstract void memory(Fields memory);

  abstract void cpu(Fields cpu);

  abstract void pids(Fields pids);

  abstract void blockIo(Fields blockIo);

  abstract void hugePages(String size, long limit);

  abstract void network(Fields resources);

  abstract void unified(Fields resources);

  abstract void devices(List<DeviceRule> rules);

  private void rdma(Fields rdma) {
    for (String device : rdma.members().keySet()) {
      Fields limits = rdma.object(device);
      StringBuilder line = new StringBuilder(device);
      limits.number("hcaHandles").ifPresent(n -> line.append(" hca_handle=").append(n));
      limits.number("hcaObjects").ifPresent(n -> line.append(" hca_object=").append(n));
      put("rdma", "rdma.max", line.toString());
    }
  }

  /** {@code checkBeforeUpdate}: a limit below what is in use would kill. */
  private void checkMemory(Fields memory) {
    if (!memory.bool("checkBeforeUpdate") || memory.number("limit").isEmpty()) {
      return;
    }
    long limit = memory.number("limit").getAsLong();
    String file = groups.unified() ? "memory.current" : "memory.usage_in_bytes";
    long used = groups.read("memory", file).map(Long::parseLong).orElse(0L);
    if (limit > 0 && limit < used) {
      throw memory.error("limit", limit + " is less than the " + used + " bytes in use");
    }
  }

  final PlacedCgroup groups() {
    return groups;
  }

  final void put(String controller, String file, String value) {
    groups.write(controller, file, value);
  }

  final void putNumber(Fields fields, String name, String controller, String file) {
    fields.number(name).ifPresent(n -> put(controller, file, Long.toString(n)));
  }

  final void putText(Fields fields, String name, String controller, String file) {
    fields.text(name).ifPresent(text -> put(controller, file, text));
  }

  static long required(Fields fields, String name) {
    return fields.number(name).orElseThrow(() -> fields.error(name, "is missing"));
  }

  /** Lines {@code major:minor value} of a list of devices. */
  static List<String> perDevice(Fields blockIo, String list, String member) {
    List<String> lines = new ArrayList<>();
    for (Fields device : blockIo.objects(list)) {
      device
          .number(member)
          .ifPresent(
              value ->
                  lines.add(
                      required(device, "major") + ":" + required(device, "minor") + " " + value));
    }
    return lines;
  }
}
