package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** What a container may do to one block device, a second. A value. */
@CheckReturnValue
public final class DeviceLimits {
  private final Options options;

  private DeviceLimits(Options options) {
    this.options = options;
  }

  public static DeviceLimits none() {
    return new DeviceLimits(new Options());
  }

  /** Bytes read a second. */
  public DeviceLimits readBytes(Size perSecond) {
    return with(changed -> changed.readBytes = Optional.of(perSecond));
  }

  /** Bytes written a second. */
  public DeviceLimits writeBytes(Size perSecond) {
    return with(changed -> changed.writeBytes = Optional.of(perSecond));
  }

  /** Read operations a second. */
  public DeviceLimits readOperations(long perSecond) {
    return with(changed -> changed.readOperations = OptionalLong.of(positive(perSecond)));
  }

  /** Write operations a second. */
  public DeviceLimits writeOperations(long perSecond) {
    return with(changed -> changed.writeOperations = OptionalLong.of(positive(perSecond)));
  }

  /** Share of the device's time, 10 to 1000, in place of {@link Resources#ioWeight}. */
  public DeviceLimits weight(int weight) {
    return with(changed -> changed.weight = OptionalInt.of(Resources.ioShare(weight)));
  }

  private static long positive(long perSecond) {
    if (perSecond < 1) {
      throw new IllegalArgumentException("operations a second are at least 1, not " + perSecond);
    }
    return perSecond;
  }

  public Optional<Size> readBytes() {
    return options.readBytes;
  }

  public Optional<Size> writeBytes() {
    return options.writeBytes;
  }

  public OptionalLong readOperations() {
    return options.readOperations;
  }

  public OptionalLong writeOperations() {
    return options.writeOperations;
  }

  public OptionalInt weight() {
    return options.weight;
  }

  private DeviceLimits with(Consumer<Options> change) {
    Options copy = options.copy();
    change.accept(copy);
    return new DeviceLimits(copy);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeviceLimits that && options.values().equals(that.options.values());
  }

  @Override
  public int hashCode() {
    return options.values().hashCode();
  }

  private static final class Options extends CopiedOptions<Options> {
    Optional<Size> readBytes = Optional.empty();
    Optional<Size> writeBytes = Optional.empty();
    OptionalLong readOperations = OptionalLong.empty();
    OptionalLong writeOperations = OptionalLong.empty();
    OptionalInt weight = OptionalInt.empty();

    List<Object> values() {
      return List.of(readBytes, writeBytes, readOperations, writeOperations, weight);
    }
  }
}
