package io.jollyboat.spi;

import io.jollyboat.Engine;
import io.jollyboat.Probe;

/** The one service that {@link Engine} looks up by {@link java.util.ServiceLoader}. */
public interface EngineProvider {
  /** What this machine allows; never throws. */
  Probe probe();

  /** A new builder of engines. */
  Engine.Builder builder();
}
