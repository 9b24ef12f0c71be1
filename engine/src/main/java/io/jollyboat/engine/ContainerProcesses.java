package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ProcessSnapshot;
import io.jollyboat.Size;
import io.jollyboat.linux.process.ProcessTable;
import java.nio.file.Path;
import java.util.List;

/** The processes of a container. */
final class ContainerProcesses {
  private ContainerProcesses() {}

  static List<ProcessSnapshot> of(String container, IsolatedProcess isolated) {
    Path group =
        Isolator.groupDirectory(isolated.cgroup())
            .orElseThrow(
                () ->
                    new ConflictException(
                        "without control groups nothing tells which processes are those of"
                            + " container "
                            + container,
                        container));
    return ProcessTable.of(group).stream().map(ContainerProcesses::snapshot).toList();
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
