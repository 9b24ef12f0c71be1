package io.jollyboat;

import io.jollyboat.spi.CredentialSource;
import io.jollyboat.spi.Registry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Builds, keeps, moves and runs images. Safe for use by several threads; engines in one JVM or in
 * many may share a root.
 */
public interface Engine extends AutoCloseable {
  /** An engine with every default: {@code builder().open()}. */
  static Engine open() {
    return builder().open();
  }

  /** A builder of the one provider that this class's loader, then the context's, finds. */
  static Builder builder() {
    return Providers.find().builder();
  }

  /** What this machine allows; takes milliseconds and never throws. */
  static Probe probe() {
    return Providers.find().probe();
  }

  /** Builds with every default. */
  default StoredImage build(Image image) {
    return build(image, options -> options);
  }

  /**
   * Builds an image, taking from the cache the steps whose inputs have not changed.
   *
   * @throws BuildException when a step fails; the steps before it stay, each an image
   */
  StoredImage build(Image image, UnaryOperator<BuildSpec> options);

  /**
   * Builds the Dockerfile of a context, as {@code docker build} does: {@code build(build ->
   * build.context(Path.of(".")).dockerfile("docker/Dockerfile").target("app"))}.
   *
   * @throws BuildException when there is none, or a step fails
   * @throws io.jollyboat.dockerfile.DockerfileSyntaxException it is malformed
   */
  StoredImage build(UnaryOperator<BuildSpec> options);

  /** Explains with every default. */
  default List<StepExplanation> explain(Image image) {
    return explain(image, options -> options);
  }

  /**
   * Says for every step of a build whether it would come from the cache, and if not, which input
   * changed against the most similar step done before. Nothing is executed; what a build reads is
   * read, and base images that are missing are pulled. A step on one that has to be done is not
   * looked at further: its parent changes.
   *
   * @throws BuildException when a step cannot be done
   */
  List<StepExplanation> explain(Image image, UnaryOperator<BuildSpec> options);

  /** {@link #explain(Image, UnaryOperator)} of the Dockerfile of a context. */
  List<StepExplanation> explain(UnaryOperator<BuildSpec> options);

  /** Creates, starts and waits until ready; if it throws, nothing is left behind. */
  Container run(ContainerSpec spec);

  /** Creates, starts and waits until ready; if it throws, nothing is left behind. */
  default Container run(String reference, UnaryOperator<ContainerSpec> options) {
    return run(options.apply(ContainerSpec.of(reference)));
  }

  /** Pulls with every default. */
  default StoredImage pull(String reference) {
    return pull(reference, options -> options);
  }

  /**
   * Fetches an image by tag or by digest.
   *
   * @throws ImageNotFoundException when the registry does not have it
   * @throws RegistryException when the registry cannot be reached or refuses
   * @throws ContentException when the bytes are not what their digest says
   */
  StoredImage pull(String reference, UnaryOperator<TransferSpec> options);

  /** Pushes with every default. */
  default Pushed push(String reference) {
    return push(reference, options -> options);
  }

  /** Sends an image; the reference must be a name in the store: tag first. */
  Pushed push(String reference, UnaryOperator<TransferSpec> options);

  Images images();

  /** What registries hold, without the store. */
  Registries registries();

  Containers containers();

  /**
   * Tells what happens to this engine's containers, in order, one call at a time, until the result
   * is closed. A listener that throws is told nothing more.
   */
  Subscription events(Consumer<Event> listener);

  Volumes volumes();

  BuildCache buildCache();

  /** What the store occupies; every directory of containers and volumes is walked. */
  DiskUsage diskUsage();

  /** Closes, newest first, every container that it started and that is not detached. */
  @Override
  void close();

  /** A listener that is told things until this is closed. Safe for use by several threads. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * How to open an engine. Not safe for use by several threads. Opening succeeds wherever the root
   * is usable; what is missing fails where it is needed.
   */
  interface Builder {
    /**
     * Where images and containers are kept: mode 0700, owned by this user. The default is {@code
     * /var/lib/jollyboat}, without root {@code $XDG_DATA_HOME/jollyboat}.
     */
    Builder root(Path directory);

    /** A registry other than the distribution protocol's. */
    Builder registry(Registry registry);

    /**
     * The default is what the user has logged in to: Docker's {@code config.json} and its helpers,
     * Podman's {@code auth.json}, or the file that {@code $REGISTRY_AUTH_FILE} names.
     */
    Builder credentials(CredentialSource source);

    /**
     * Certificate authorities, for the registry client, RUN and containers. They are bound
     * read-only at the usual place and named in the environment; never in an image, its history or
     * a cache key.
     */
    Builder trust(Path caCertificatesPem);

    /**
     * Mirrors, aliases, certificates and insecure registries, for the registry client; the default
     * is {@link RegistrySettings#defaults()}.
     */
    Builder registries(UnaryOperator<RegistrySettings> settings);

    /** HTTP_PROXY and kin, with the same reach; the default is this process's environment. */
    Builder proxy(Map<String, String> variables);

    /** The default for every call. */
    Builder progress(Progress progress);

    /**
     * Opens the engine, repairing what a killed one left.
     *
     * @throws EngineUnavailableException when the root cannot be used
     */
    Engine open();
  }
}
