package io.jollyboat.engine;

import io.jollyboat.ProcessSnapshot;
import io.jollyboat.Size;
import io.jollyboat.linux.process.ProcessTable;
import java.util.List;

/** The processes of a container. */
final class ContainerProcesses {
  private ContainerProcesses() {}

  /** By its control group; without one it has a pid namespace of its own. */
  static List<ProcessSnapshot> of(IsolatedProcess isolated) {
    List<ProcessTable.Row> rows =
        Isolator.groupDirectory(isolated.cgroup())
            .map(ProcessTable::of)
            .orElseGet(() -> ProcessTable.ofNamespace(isolated.process().identity()));
    return rows.stream().map(ContainerProcesses::snapshot).toList();
  }

  private static ProcessSnapshot snapshot(ProcessTable.Row row) {
    return new ProcessSnapshot(
        row.pid(),
        row.pidInside(),
        row.parent(),
        row.uid(),
        row.state(),
        row.cpu(),
        row.started(),
        new Size(row.memory()),
        row.words());
  }
}
