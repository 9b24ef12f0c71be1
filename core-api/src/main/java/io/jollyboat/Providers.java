package io.jollyboat;

import io.jollyboat.spi.EngineProvider;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the one engine provider. */
final class Providers {
  private Providers() {}

  static EngineProvider find() {
    return load(Engine.class.getClassLoader())
        .or(() -> load(Thread.currentThread().getContextClassLoader()))
        .orElseThrow(Providers::none);
  }

  private static Optional<EngineProvider> load(@Nullable ClassLoader loader) {
    return ServiceLoader.load(EngineProvider.class, loader).findFirst();
  }

  private static EngineUnavailableException none() {
    String reason = "no engine on the class path";
    String remedy =
        "add the dependency io.jollyboat:engine; in a shaded jar or an application server use new"
            + " LinuxEngine().builder()";
    return new EngineUnavailableException(
        reason + ": " + remedy,
        new Probe(List.of(new Probe.Capability("engine", Probe.Status.MISSING, reason, remedy))),
        null);
  }
}
