package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.oci.Platform;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The options of one pull or push. A value. */
@CheckReturnValue
public final class TransferSpec {
  private static final TransferSpec DEFAULTS =
      new TransferSpec(Optional.empty(), Optional.empty(), Optional.empty(), Set.of());

  private final Optional<Credentials> credentials;
  private final Optional<Platform> platform;
  private final Optional<Progress> progress;
  private final Set<Statement> attached;

  private TransferSpec(
      Optional<Credentials> credentials,
      Optional<Platform> platform,
      Optional<Progress> progress,
      Set<Statement> attached) {
    this.credentials = credentials;
    this.platform = platform;
    this.progress = progress;
    this.attached = attached;
  }

  /** The engine's credentials, this machine's platform, the engine's progress. */
  public static TransferSpec defaults() {
    return DEFAULTS;
  }

  /** Sent to the reference's own registry only, in place of the engine's. */
  public TransferSpec credentials(Credentials credentials) {
    return new TransferSpec(Optional.of(credentials), platform, progress, attached);
  }

  /**
   * Which image of several platforms is meant. A pull's default is this machine's, a push's all.
   */
  public TransferSpec platform(Platform platform) {
    return new TransferSpec(credentials, Optional.of(platform), progress, attached);
  }

  public TransferSpec progress(Progress progress) {
    return new TransferSpec(credentials, platform, Optional.of(progress), attached);
  }

  /**
   * What a push attaches to the image, each as an artifact that refers to it; a pull ignores it.
   */
  public TransferSpec attach(Statement... statements) {
    Set<Statement> all = EnumSet.noneOf(Statement.class);
    all.addAll(attached);
    all.addAll(Arrays.asList(statements));
    return new TransferSpec(credentials, platform, progress, Set.copyOf(all));
  }

  public Optional<Credentials> credentials() {
    return credentials;
  }

  public Optional<Platform> platform() {
    return platform;
  }

  public Optional<Progress> progress() {
    return progress;
  }

  public Set<Statement> attached() {
    return attached;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TransferSpec that
        && credentials.equals(that.credentials)
        && platform.equals(that.platform)
        && progress.equals(that.progress)
        && attached.equals(that.attached);
  }

  @Override
  public int hashCode() {
    return Objects.hash(credentials, platform, progress, attached);
  }

  @Override
  public String toString() {
    return "transfer" + platform.map(p -> " of " + p).orElse("");
  }
}
