package io.jollyboat.engine;

import io.jollyboat.Artifact;
import io.jollyboat.Credentials;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Progress;
import io.jollyboat.Pushed;
import io.jollyboat.Registries;
import io.jollyboat.TransferSpec;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.registry.VerifiedStream;
import io.jollyboat.spi.Registry;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** What registries hold, through the engine's own registry. Safe for use by several threads. */
final class RemoteImages implements Registries {
  private final Registry registry;
  private final BiFunction<ImageReference, TransferSpec, Registry> destinations;
  private final Underway underway;
  private final Progress progress;

  /**
   * @param destinations the registry that a transfer with its own options writes to
   */
  RemoteImages(
      Registry registry,
      BiFunction<ImageReference, TransferSpec, Registry> destinations,
      Underway underway,
      Progress progress) {
    this.registry = registry;
    this.destinations = destinations;
    this.underway = underway;
    this.progress = progress;
  }

  private <T> T call(String what, Supplier<T> work) {
    return underway.call(what, work);
  }

  @Override
  public Optional<Descriptor> resolve(String reference) {
    ImageReference name = ImageReference.parse(reference);
    return call("the look-up of " + name, () -> registry.resolve(name));
  }

  @Override
  public byte[] manifest(String reference) {
    ImageReference name = ImageReference.parse(reference);
    return call("the pull of " + name, () -> registry.manifest(name, required(name)));
  }

  private Descriptor required(ImageReference name) {
    return registry.resolve(name).orElseThrow(() -> notFound(name));
  }

  @Override
  public InputStream blob(String repository, Descriptor blob) {
    ImageReference name = ImageReference.parse(repository);
    return new VerifiedStream(new ResumingStream(registry, name, blob), blob);
  }

  @Override
  public List<String> tags(String repository) {
    ImageReference name = ImageReference.parse(repository);
    return call("the list of " + name.repository(), () -> registry.tags(name));
  }

  @Override
  public List<Descriptor> referrers(String reference) {
    ImageReference name = ImageReference.parse(reference);
    return call(
        "the list of what refers to " + name,
        () -> registry.referrers(name.withDigest(required(name).digest())));
  }

  @Override
  public Descriptor attach(String reference, Artifact artifact) {
    ImageReference name = ImageReference.parse(reference);
    return call(
        "the attachment to " + name,
        () -> new Attachments(registry).attach(name, required(name), artifact));
  }

  @Override
  public void delete(String reference) {
    ImageReference name = ImageReference.parse(reference);
    boolean deleted = call("the deletion of " + name, () -> registry.delete(name));
    if (!deleted) {
      throw notFound(name);
    }
  }

  @Override
  public Pushed copy(String from, String to, UnaryOperator<TransferSpec> options) {
    ImageReference source = ImageReference.parse(from);
    ImageReference target = ImageReference.parse(to);
    TransferSpec spec = options.apply(TransferSpec.defaults());
    Registry destination = destinations.apply(target, spec);
    Progress told = spec.progress().orElse(progress);
    Copy copy = new Copy(registry, destination, told, spec.concurrency());
    try {
      return call("the copy of " + source, () -> copy.copy(source, target, spec.platform()));
    } finally {
      told.operationEnded();
    }
  }

  private static ImageNotFoundException notFound(ImageReference reference) {
    return Pull.notFound(reference);
  }

  @Override
  public void login(String host, Credentials credentials) {
    Object unused =
        call(
            "the login to " + host,
            () -> {
              registry.login(host, credentials);
              return host;
            });
  }

  @Override
  public void logout(String host) {
    boolean unused = call("the logout of " + host, () -> registry.logout(host));
  }
}
