package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.oci.Platform;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The options of one pull, push or copy. A value. */
@CheckReturnValue
public final class TransferSpec {
  private static final TransferSpec DEFAULTS = new TransferSpec(new Options());

  private final Options options;

  private static final class Options extends CopiedOptions<Options> {
    Optional<Credentials> credentials = Optional.empty();
    Optional<Platform> platform = Optional.empty();
    Optional<Progress> progress = Optional.empty();
    Set<Statement> attached = Set.of();
    int concurrency = 3;
  }

  private TransferSpec(Options options) {
    this.options = options;
  }

  private TransferSpec with(Consumer<Options> change) {
    Options changed = options.copy();
    change.accept(changed);
    return new TransferSpec(changed);
  }

  /** The engine's credentials, this machine's platform, the engine's progress, three at once. */
  public static TransferSpec defaults() {
    return DEFAULTS;
  }

  /** Sent to the reference's own registry only, in place of the engine's. */
  public TransferSpec credentials(Credentials credentials) {
    return with(o -> o.credentials = Optional.of(credentials));
  }

  /**
   * Which image of several platforms is meant. A pull's default is this machine's, a push's all.
   */
  public TransferSpec platform(Platform platform) {
    return with(o -> o.platform = Optional.of(platform));
  }

  public TransferSpec progress(Progress progress) {
    return with(o -> o.progress = Optional.of(progress));
  }

  /**
   * What a push attaches to the image, each as an artifact that refers to it; a pull ignores it.
   */
  public TransferSpec attach(Statement... statements) {
    Set<Statement> all = EnumSet.noneOf(Statement.class);
    all.addAll(options.attached);
    all.addAll(Arrays.asList(statements));
    return with(o -> o.attached = Set.copyOf(all));
  }

  /** How many layers move at once, at most; one or more. */
  public TransferSpec concurrency(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("a transfer moves at least one layer at once: " + most);
    }
    return with(o -> o.concurrency = most);
  }

  public Optional<Credentials> credentials() {
    return options.credentials;
  }

  public Optional<Platform> platform() {
    return options.platform;
  }

  public Optional<Progress> progress() {
    return options.progress;
  }

  public Set<Statement> attached() {
    return options.attached;
  }

  public int concurrency() {
    return options.concurrency;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TransferSpec that
        && credentials().equals(that.credentials())
        && platform().equals(that.platform())
        && progress().equals(that.progress())
        && attached().equals(that.attached())
        && concurrency() == that.concurrency();
  }

  @Override
  public int hashCode() {
    return Objects.hash(credentials(), platform(), progress(), attached(), concurrency());
  }

  @Override
  public String toString() {
    return "transfer" + platform().map(p -> " of " + p).orElse("");
  }
}
