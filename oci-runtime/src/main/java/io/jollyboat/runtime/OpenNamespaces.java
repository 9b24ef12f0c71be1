package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Existing namespaces that a container enters, open until it has. */
final class OpenNamespaces implements AutoCloseable {
  private final Map<Namespace, Fd> open = new EnumMap<>(Namespace.class);

  private OpenNamespaces() {}

  static OpenNamespaces of(LinuxConfig linux) {
    OpenNamespaces namespaces = new OpenNamespaces();
    try {
      for (Namespace kind : linux.namespaces().keySet()) {
        linux
            .joined(kind)
            .ifPresent(
                path -> {
                  Fd fd = FileCalls.open(path.toString(), OpenFlags.O_RDONLY, 0);
                  namespaces.open.put(kind, fd);
                });
      }
      return namespaces;
    } catch (KernelException e) {
      namespaces.close();
      throw new RuntimeFailure("linux.namespaces: " + e.getMessage(), e);
    }
  }

  Optional<Fd> find(Namespace kind) {
    return Optional.ofNullable(open.get(kind));
  }

  void each(BiConsumer<Namespace, Fd> use) {
    open.forEach(use);
  }

  @Override
  public void close() {
    open.values().forEach(Fd::close);
  }
}
