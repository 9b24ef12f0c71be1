package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.oci.Platform;
import java.util.Objects;
import java.util.Optional;

/** The options of one pull or push. A value. */
@CheckReturnValue
public final class TransferSpec {
  private static final TransferSpec DEFAULTS =
      new TransferSpec(Optional.empty(), Optional.empty(), Optional.empty());

  private final Optional<Credentials> credentials;
  private final Optional<Platform> platform;
  private final Optional<Progress> progress;

  private TransferSpec(
      Optional<Credentials> credentials, Optional<Platform> platform, Optional<Progress> progress) {
    this.credentials = credentials;
    this.platform = platform;
    this.progress = progress;
  }

  /** The engine's credentials, this machine's platform, the engine's progress. */
  public static TransferSpec defaults() {
    return DEFAULTS;
  }

  /** Sent to the reference's own registry only, in place of the engine's. */
  public TransferSpec credentials(Credentials credentials) {
    return new TransferSpec(Optional.of(credentials), platform, progress);
  }

  /**
   * Which image of several platforms is meant. A pull's default is this machine's, a push's all.
   */
  public TransferSpec platform(Platform platform) {
    return new TransferSpec(credentials, Optional.of(platform), progress);
  }

  public TransferSpec progress(Progress progress) {
    return new TransferSpec(credentials, platform, Optional.of(progress));
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

  @Override
  public boolean equals(Object other) {
    return other instanceof TransferSpec that
        && credentials.equals(that.credentials)
        && platform.equals(that.platform)
        && progress.equals(that.progress);
  }

  @Override
  public int hashCode() {
    return Objects.hash(credentials, platform, progress);
  }

  @Override
  public String toString() {
    return "transfer" + platform.map(p -> " of " + p).orElse("");
  }
}
