package io.jollyboat.runtime;

import io.jollyboat.linux.security.Capabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The five sets of capabilities of a process (config.md, Linux Process).
 *
 * @param unknown names that no kernel of ours knows: a warning, as the specification wants it
 */
record CapabilityConfig(
    Capabilities bounding,
    Capabilities effective,
    Capabilities permitted,
    Capabilities inheritable,
    Capabilities ambient,
    List<String> unknown) {

  /** Without the member a process has none. */
  static CapabilityConfig of(Optional<Fields> sets) {
    Fields fields = sets.orElse(Fields.none("capabilities"));
    List<String> unknown = new ArrayList<>();
    return new CapabilityConfig(
        set(fields, "bounding", unknown),
        set(fields, "effective", unknown),
        set(fields, "permitted", unknown),
        set(fields, "inheritable", unknown),
        set(fields, "ambient", unknown),
        unknown);
  }

  private static Capabilities set(Fields fields, String name, List<String> unknown) {
    Capabilities set = Capabilities.NONE;
    for (String capability : fields.strings(name)) {
      try {
        set = set.with(Capabilities.of(capability));
      } catch (IllegalArgumentException e) {
        unknown.add(capability);
      }
    }
    return set;
  }

  CapabilityConfig with(Capabilities more) {
    return new CapabilityConfig(
        bounding.with(more),
        effective.with(more),
        permitted.with(more),
        inheritable,
        ambient,
        unknown);
  }

  /** What a runtime with these rights can give: no process gains by it. */
  CapabilityConfig within(Capabilities held) {
    Capabilities permittedHere = common(permitted, held);
    Capabilities inheritableHere = common(inheritable, held);
    return new CapabilityConfig(
        common(bounding, held),
        common(effective, permittedHere),
        permittedHere,
        inheritableHere,
        common(ambient, common(permittedHere, inheritableHere)),
        unknown);
  }

  /** Those of {@link #bounding} that {@code held} lacks. */
  List<String> missingFrom(Capabilities held) {
    return bounding.with(permitted).without(held).names();
  }

  private static Capabilities common(Capabilities one, Capabilities other) {
    return new Capabilities(one.bits() & other.bits());
  }
}
