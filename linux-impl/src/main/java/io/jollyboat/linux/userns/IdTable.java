package io.jollyboat.linux.userns;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What the ids of a user namespace are outside. Immutable.
 *
 * @param ranges do not overlap on either side
 */
public record IdTable(List<IdRange> ranges) {
  /** Linux reads no more lines. */
  private static final int MOST_RANGES = 340;

  public IdTable {
    ranges = List.copyOf(ranges);
    if (ranges.isEmpty() || ranges.size() > MOST_RANGES) {
      throw new IllegalArgumentException(
          "a table has 1 to " + MOST_RANGES + " ranges, not " + ranges.size());
    }
  }

  /** Id 0 is {@code own}, and 1 and above are those of {@code others}, in their order. */
  static IdTable of(long own, List<IdRange> others) {
    List<IdRange> all = new ArrayList<>(List.of(new IdRange(0, own, 1)));
    long next = 1;
    for (IdRange range : others) {
      all.add(new IdRange(next, range.outside(), range.count()));
      next += range.count();
    }
    return new IdTable(all.subList(0, Math.min(all.size(), MOST_RANGES)));
  }

  /** Whether it has no id but 0. */
  public boolean isSingle() {
    return ranges.size() == 1 && ranges.get(0).count() == 1;
  }

  public boolean has(long inside) {
    return ranges.stream().anyMatch(range -> range.holdsInside(inside));
  }

  /** The largest id up to which it has all. */
  public long last() {
    long next = 0;
    for (IdRange range : ranges) {
      if (range.inside() != next) {
        break;
      }
      next += range.count();
    }
    return Math.max(0, next - 1);
  }

  /** What the outer id is inside, if it is any. */
  public OptionalLong inside(long outside) {
    for (IdRange range : ranges) {
      if (range.holdsOutside(outside)) {
        return OptionalLong.of(range.inside() + outside - range.outside());
      }
    }
    return OptionalLong.empty();
  }

  /** The lines for the kernel. */
  public String lines() {
    return ranges.stream().map(IdRange::line).collect(Collectors.joining("\n"));
  }

  /** The same ids for a namespace within: the kernel wants no line to span two of the outer one. */
  public String linesWithin() {
    return ranges.stream()
        .map(range -> new IdRange(range.inside(), range.inside(), range.count()).line())
        .collect(Collectors.joining("\n"));
  }

  /** One word, such as {@code 0:1000:1,1:100000:65536}. */
  @Override
  public String toString() {
    return ranges.stream()
        .map(range -> range.line().replace(' ', ':'))
        .collect(Collectors.joining(","));
  }
}
