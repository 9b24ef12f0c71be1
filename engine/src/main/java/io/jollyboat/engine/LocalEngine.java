package io.jollyboat.engine;

import io.jollyboat.BuildCache;
import io.jollyboat.BuildSpec;
import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Containers;
import io.jollyboat.Credentials;
import io.jollyboat.DiskUsage;
import io.jollyboat.Engine;
import io.jollyboat.Event;
import io.jollyboat.Image;
import io.jollyboat.Images;
import io.jollyboat.Progress;
import io.jollyboat.Pushed;
import io.jollyboat.Registries;
import io.jollyboat.StepExplanation;
import io.jollyboat.StoredImage;
import io.jollyboat.TransferSpec;
import io.jollyboat.Volumes;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Platform;
import io.jollyboat.registry.HttpRegistry;
import io.jollyboat.spi.Registry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The engine of this process. Safe for use by several threads. */
final class LocalEngine implements Engine {
  private final EngineParts parts;
  private final Progress progress;
  private final AtomicBoolean closed = new AtomicBoolean();

  LocalEngine(EngineParts parts, Progress progress) {
    this.parts = parts;
    this.progress = progress;
  }

  @Override
  public StoredImage build(Image image, UnaryOperator<BuildSpec> options) {
    return build(options, (spec, told) -> parts.builder().build(image, spec, told));
  }

  @Override
  public StoredImage build(UnaryOperator<BuildSpec> options) {
    return build(options, (spec, told) -> parts.builder().build(spec, told));
  }

  private StoredImage build(
      UnaryOperator<BuildSpec> options, BiFunction<BuildSpec, Progress, StoredImage> builder) {
    requireOpen();
    BuildSpec spec = options.apply(BuildSpec.defaults());
    Progress told = new SerialProgress(spec.progress().orElse(progress));
    return call(
        "the build",
        told,
        () -> {
          BuildOutputs.check(spec.outputs());
          StoredImage made = builder.apply(spec, told);
          parts.outputs().write(made, spec.tags(), spec.outputs());
          return made;
        });
  }

  @Override
  public List<StepExplanation> explain(Image image, UnaryOperator<BuildSpec> options) {
    return explain(options, (spec, told) -> parts.builder().explain(image, spec, told));
  }

  @Override
  public List<StepExplanation> explain(UnaryOperator<BuildSpec> options) {
    return explain(options, (spec, told) -> parts.builder().explain(spec, told));
  }

  private List<StepExplanation> explain(
      UnaryOperator<BuildSpec> options,
      BiFunction<BuildSpec, Progress, List<StepExplanation>> builder) {
    requireOpen();
    BuildSpec spec = options.apply(BuildSpec.defaults());
    Progress told = new SerialProgress(spec.progress().orElse(progress));
    return call("the explanation", told, () -> builder.apply(spec, told));
  }

  @Override
  public Container run(ContainerSpec spec) {
    requireOpen();
    return call("the container's start", progress, () -> parts.containers().run(spec, progress));
  }

  @Override
  public StoredImage pull(String reference, UnaryOperator<TransferSpec> options) {
    requireOpen();
    TransferSpec spec = options.apply(TransferSpec.defaults());
    ImageReference name = ImageReference.parse(reference);
    Progress told = spec.progress().orElse(progress);
    Pull pull = new Pull(parts.store(), registry(name, spec), told, spec.concurrency());
    return call(
        "the pull of " + name,
        told,
        () -> pull.pull(name, spec.platform().orElse(Platform.current())));
  }

  @Override
  public Pushed push(String reference, UnaryOperator<TransferSpec> options) {
    requireOpen();
    TransferSpec spec = options.apply(TransferSpec.defaults());
    ImageReference name = ImageReference.parse(reference);
    Progress told = spec.progress().orElse(progress);
    Registry registry = registry(name, spec);
    return call(
        "the push of " + name,
        told,
        () -> {
          parts.statements().check(name, spec.attached());
          Pushed pushed =
              new Push(parts.store(), registry, told, spec.concurrency())
                  .push(name, spec.platform());
          parts.statements().attach(registry, pushed, spec.attached());
          return pushed;
        });
  }

  private <T> T call(String what, Progress told, Supplier<T> operation) {
    try {
      return parts.underway().call(what, operation);
    } finally {
      told.operationEnded();
    }
  }

  /** With the call's own credentials, which go to the reference's own registry only. */
  private Registry registry(ImageReference name, TransferSpec spec) {
    Optional<Credentials> own = spec.credentials();
    if (own.isEmpty()) {
      return parts.registry();
    }
    if (parts.registry() instanceof HttpRegistry http) {
      return http.withCredentials(host -> host.equals(name.domain()) ? own : Optional.empty());
    }
    throw new ConflictException(
        "the engine has a registry of its own, which takes no credentials by call: give them to"
            + " that registry",
        name.registry());
  }

  @Override
  public Images images() {
    requireOpen();
    return parts.images();
  }

  @Override
  public Registries registries() {
    requireOpen();
    return new RemoteImages(parts.registry(), this::registry, parts.underway(), progress);
  }

  @Override
  public BuildCache buildCache() {
    requireOpen();
    return parts.buildCache();
  }

  @Override
  public Volumes volumes() {
    requireOpen();
    return parts.volumes();
  }

  @Override
  public DiskUsage diskUsage() {
    requireOpen();
    return parts.diskUsage();
  }

  @Override
  public Containers containers() {
    requireOpen();
    return parts.containers();
  }

  @Override
  public Subscription events(Consumer<Event> listener) {
    requireOpen();
    return parts.containers().events().add(listener);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      parts.close();
    }
  }

  private void requireOpen() {
    if (closed.get()) {
      throw Underway.closed();
    }
  }
}
