package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.PlacedCgroup;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import java.util.Optional;

/** The v2 group that a process is born in, open until it is; none on v1. */
record Cgroup2Directory(Optional<Fd> fd) implements AutoCloseable {

  static Cgroup2Directory open(PlacedCgroup groups) {
    return new Cgroup2Directory(
        groups
            .membership()
            .unified()
            .map(
                directory ->
                    FileCalls.open(
                        directory.toString(), OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0)));
  }

  @Override
  public void close() {
    fd.ifPresent(Fd::close);
  }
}
