package io.jollyboat.engine;

import io.jollyboat.Engine;
import io.jollyboat.Probe;
import io.jollyboat.spi.EngineProvider;

/** The engine for Linux. Found as a service, or constructed where services cannot be found. */
public final class LinuxEngine implements EngineProvider {
  public LinuxEngine() {}

  @Override
  public Probe probe() {
    return MachineProbe.look();
  }

  @Override
  public Engine.Builder builder() {
    return new LocalEngineBuilder();
  }
}
