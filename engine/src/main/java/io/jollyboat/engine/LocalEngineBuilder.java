package io.jollyboat.engine;

import io.jollyboat.Engine;
import io.jollyboat.EngineUnavailableException;
import io.jollyboat.Progress;
import io.jollyboat.RegistrySettings;
import io.jollyboat.spi.CredentialSource;
import io.jollyboat.spi.Registry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The options of an engine. */
final class LocalEngineBuilder implements Engine.Builder {
  private Optional<Path> root = Optional.empty();
  private Optional<Registry> registry = Optional.empty();
  private Optional<CredentialSource> credentials = Optional.empty();
  private Optional<Path> trust = Optional.empty();
  private RegistrySettings settings = RegistrySettings.defaults();
  private Map<String, String> proxies = Proxies.in(System.getenv());
  private Progress progress = Progress.none();

  @Override
  public Engine.Builder root(Path directory) {
    root = Optional.of(directory.toAbsolutePath().normalize());
    return this;
  }

  @Override
  public Engine.Builder registry(Registry own) {
    registry = Optional.of(own);
    return this;
  }

  @Override
  public Engine.Builder credentials(CredentialSource source) {
    credentials = Optional.of(source);
    return this;
  }

  @Override
  public Engine.Builder trust(Path caCertificatesPem) {
    trust = Optional.of(caCertificatesPem.toAbsolutePath().normalize());
    return this;
  }

  @Override
  public Engine.Builder registries(UnaryOperator<RegistrySettings> options) {
    settings = options.apply(settings);
    return this;
  }

  @Override
  public Engine.Builder proxy(Map<String, String> variables) {
    proxies = Map.copyOf(variables);
    return this;
  }

  @Override
  public Engine.Builder progress(Progress listener) {
    progress = listener;
    return this;
  }

  @Override
  public Engine open() {
    if (!MachineProbe.onLinux()) {
      throw new EngineUnavailableException(
          "an engine opens on Linux only: " + MachineProbe.look().problems(),
          MachineProbe.look(),
          null);
    }
    trust.ifPresent(LocalEngineBuilder::checkReadable);
    return new LocalEngine(
        EngineParts.open(
            root.orElseGet(DefaultRoot::find), registry, credentials, trust, proxies, settings),
        progress);
  }

  private static void checkReadable(Path bundle) {
    if (!Files.isReadable(bundle)) {
      throw new EngineUnavailableException(
          "the certificates to trust cannot be read: " + bundle + "; name a PEM file",
          MachineProbe.look(),
          null);
    }
  }
}
