package io.jollyboat.runtime;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is kept of a container between two commands. Immutable.
 *
 * @param pid of the first process, 0 before there is one
 * @param pidStart when that was started, in the kernel's ticks: numbers are used again
 * @param cgroupPath as {@link CgroupPlace} takes it
 * @param scope the unit of systemd that the groups are in
 * @param sharedGroups processes were in the groups before the container
 * @param created as RFC 3339 has it
 */
record ContainerState(
    String id,
    String version,
    int pid,
    long pidStart,
    Path bundle,
    Path root,
    String cgroupPath,
    Optional<String> scope,
    boolean sharedGroups,
    String created,
    Map<String, String> annotations) {

  /** The words of runtime.md, and runc's for a frozen one. */
  enum Status {
    CREATING,
    CREATED,
    RUNNING,
    PAUSED,
    STOPPED;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  static ContainerState of(Fields fields) {
    return new ContainerState(
        fields.required("id"),
        fields.required("ociVersion"),
        fields.small("pid").orElse(0),
        fields.number("pidStart").orElse(0),
        Path.of(fields.required("bundle")),
        Path.of(fields.required("rootfs")),
        fields.required("cgroupPath"),
        fields.text("scope"),
        fields.bool("sharedGroups"),
        fields.required("created"),
        fields.stringMap("annotations"));
  }

  /** As {@link #of} reads it. */
  Map<String, Object> toFields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("ociVersion", version);
    fields.put("id", id);
    fields.put("pid", pid);
    fields.put("pidStart", pidStart);
    fields.put("bundle", bundle.toString());
    fields.put("rootfs", root.toString());
    fields.put("cgroupPath", cgroupPath);
    scope.ifPresent(unit -> fields.put("scope", unit));
    fields.put("sharedGroups", sharedGroups);
    fields.put("created", created);
    fields.put("annotations", annotations);
    return fields;
  }

  /** What hooks read, and "state" prints (runtime.md, State), with runc's members after. */
  Map<String, Object> toDocument(Status status) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("ociVersion", version);
    document.put("id", id);
    document.put("pid", status == Status.STOPPED ? 0 : pid);
    document.put("status", status.toString());
    document.put("bundle", bundle.toString());
    document.put("rootfs", root.toString());
    document.put("created", created);
    if (!annotations.isEmpty()) {
      document.put("annotations", annotations);
    }
    document.put("owner", "");
    return document;
  }

  ContainerState withProcess(int newPid, long newStart) {
    return new ContainerState(
        id,
        version,
        newPid,
        newStart,
        bundle,
        root,
        cgroupPath,
        scope,
        sharedGroups,
        created,
        annotations);
  }
}
