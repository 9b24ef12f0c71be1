package io.jollyboat.engine;

import io.jollyboat.BuildCache;
import io.jollyboat.DiskUsage;
import io.jollyboat.ImageId;
import io.jollyboat.Images;
import io.jollyboat.RegistrySettings;
import io.jollyboat.Volumes;
import io.jollyboat.build.ImageBuilder;
import io.jollyboat.linux.rootfs.FlockFileLocks;
import io.jollyboat.linux.rootfs.LinuxLayerTrees;
import io.jollyboat.linux.userns.UserNamespace;
import io.jollyboat.registry.HttpRegistry;
import io.jollyboat.registry.UserCredentials;
import io.jollyboat.registry.WebFiles;
import io.jollyboat.spi.CredentialSource;
import io.jollyboat.spi.Registry;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.StoreUsage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * All parts of one engine, constructed here and nowhere else, and closed in reverse order. Safe for
 * use by several threads.
 */
final class EngineParts implements AutoCloseable {
  private final CloseStack open;
  private final Underway underway = new Underway();
  private final String engineId;
  private final String detachedId;
  private final ImageStore store;
  private final Registry registry;
  private final Isolator isolator;
  private final ContainerCommands commands;
  private final ImageBuilder builder;
  private final ContainerRuns containers;
  private final Statements statements;
  private final Images images;
  private final BuildCache buildCache;
  private final BuildOutputs outputs;
  private final EngineUsage usage;
  private final VolumeStore volumes;
  private final ContainerMounts mounts;
  private final ContainerContent content;

  private EngineParts(
      CloseStack open,
      Path root,
      Optional<Registry> ownRegistry,
      Optional<CredentialSource> credentials,
      Optional<Path> trust,
      Map<String, String> proxies,
      RegistrySettings settings) {
    this.open = open;
    FileLocks locks = new FlockFileLocks();
    Optional<UserNamespace> users = UserNamespace.forThisProcess(root.resolve("launcher"));
    users.ifPresent(open::push);
    LayerTrees trees = new LinuxLayerTrees(users);
    this.store = open.push(ImageStore.open(root, locks, trees));
    Path engines = RuntimeBase.of(root);
    RuntimeDirectory presence = open.push(RuntimeDirectory.enter(engines, locks, root));
    this.engineId = presence.engineId();
    Sweep sweep = new Sweep(trees);
    presence.sweep(locks, sweep::clear);
    sweep.clearFormerBoot(root, locks);
    this.registry = ownRegistry.orElseGet(() -> registry(credentials, trust, proxies, settings));
    WebAnswers web = new WebAnswers(open.push(new WebFiles(trust, proxies)));
    this.volumes = new VolumeStore(root, locks, trees);
    this.mounts = new ContainerMounts(store, registry, volumes, trees);
    this.detachedId = DetachedOwner.id(root);
    ContainerDirectory directory = ContainerDirectory.open(root, trees);
    RootDisks disks = new RootDisks(directory);
    this.content = new ContainerContent(store, trees, disks);
    DetachedParts detached = new DetachedParts(engines, root, locks, directory, sweep::clear);
    LinuxParts linux = open.push(new LinuxParts(engineId, root, trees, users, detached));
    ProcessEnvironment environment = new ProcessEnvironment(trust, proxies);
    this.isolator =
        new Isolator(linux, environment, directory.mountPoint(), root.resolve("layers"), locks);
    this.commands = new ContainerCommands(linux, isolator, environment);
    this.builder =
        new ImageBuilder(
            store,
            trees,
            new RunSteps(isolator, directory.steps(engineId), trees),
            new BaseImage(store, registry),
            web,
            new RemoteSteps(store, registry),
            HostKey::current);
    this.containers = open.push(new ContainerRuns(this, directory, disks, locks));
    this.statements = new Statements(store, trees);
    ImageRoots roots = open.push(new ImageRoots(store, trees, directory.mountPoint()));
    this.images =
        new StoreImages(
            store, trees, statements, roots, containers::users, containers::usersFromNow, underway);
    this.buildCache =
        new StoredBuildCache(store.cache(), builder.cacheMounts(), containers::users, underway);
    this.outputs = new BuildOutputs(store, trees, images);
    this.usage = new EngineUsage(trees);
    open.push(underway);
    containers.resume();
  }

  static EngineParts open(
      Path root,
      Optional<Registry> registry,
      Optional<CredentialSource> credentials,
      Optional<Path> trust,
      Map<String, String> proxies,
      RegistrySettings settings) {
    CloseStack open = new CloseStack();
    try {
      return new EngineParts(open, root, registry, credentials, trust, proxies, settings);
    } catch (RuntimeException | Error e) {
      open.closeAfter(e);
      throw e;
    }
  }

  private HttpRegistry registry(
      Optional<CredentialSource> credentials,
      Optional<Path> trust,
      Map<String, String> proxies,
      RegistrySettings settings) {
    HttpRegistry.Builder http =
        HttpRegistry.builder()
            .credentials(credentials.orElseGet(UserCredentials::ofThisProcess))
            .settings(settings)
            .proxy(proxies);
    trust.ifPresent(http::trust);
    return open.push(http.build());
  }

  String engineId() {
    return engineId;
  }

  /** Whose the detached containers are. */
  String detachedId() {
    return detachedId;
  }

  Underway underway() {
    return underway;
  }

  ImageStore store() {
    return store;
  }

  Registry registry() {
    return registry;
  }

  Isolator isolator() {
    return isolator;
  }

  ContainerCommands commands() {
    return commands;
  }

  ImageBuilder builder() {
    return builder;
  }

  ContainerRuns containers() {
    return containers;
  }

  Statements statements() {
    return statements;
  }

  BuildOutputs outputs() {
    return outputs;
  }

  Images images() {
    return images;
  }

  BuildCache buildCache() {
    return buildCache;
  }

  DiskUsage diskUsage() {
    Function<ImageId, List<String>> users = containers.usersFromNow();
    StoreUsage used = new StoreUsage(store, id -> !users.apply(id).isEmpty());
    return usage.measure(
        used.measure(), containers.list(), containers::upper, volumes.list(), volumes::isUsed);
  }

  Volumes volumes() {
    return volumes;
  }

  ContainerContent content() {
    return content;
  }

  ContainerMounts mounts() {
    return mounts;
  }

  @Override
  public void close() {
    open.close();
  }
}
