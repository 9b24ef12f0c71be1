package io.jollyboat.oci;

import io.jollyboat.oci.json.JsonMembers;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A JSON object of a document, to read and to change. */
final class JsonObject extends JsonMembers<JsonObject> {
  /** How Go writes a time that was never set. */
  private static final Instant UNSET_TIME = Instant.parse("0001-01-01T00:00:00Z");

  JsonObject(Map<String, Object> members, String where) {
    super(members, where);
  }

  @Override
  protected JsonObject inner(Map<String, Object> innerMembers, String innerWhere) {
    return new JsonObject(innerMembers, innerWhere);
  }

  @Override
  protected String place(String outer, String name) {
    return outer + (outer.indexOf(' ') >= 0 && outer.indexOf(':') < 0 ? ": " : ".") + name;
  }

  @Override
  protected OciFormatException failure(String message) {
    return new OciFormatException(message);
  }

  static JsonObject empty(String where) {
    return new JsonObject(new LinkedHashMap<>(), where);
  }

  /** A copy that may be changed without changing this. */
  JsonObject copy() {
    return new JsonObject(copyOf(members()), where());
  }

  private static Map<String, Object> copyOf(Map<?, ?> source) {
    Map<String, Object> copy = new LinkedHashMap<>();
    source.forEach((name, value) -> copy.put((String) name, copyOfValue(value)));
    return copy;
  }

  private static Object copyOfValue(Object value) {
    if (value instanceof Map<?, ?> map) {
      return copyOf(map);
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(copyOfValue(element)));
      return copy;
    }
    return value;
  }

  byte[] write() {
    return OciJson.write(members());
  }

  String requiredString(String name) {
    return string(name).orElseThrow(() -> error(name, "is missing"));
  }

  Optional<Long> integer(String name) {
    Number number = member(name, Number.class, "a whole number");
    if (number == null) {
      return Optional.empty();
    }
    if (number instanceof Long) {
      return Optional.of(number.longValue());
    }
    throw error(name, "must be a whole number of 64 bits");
  }

  /** A whole number from 0 to 2^64 - 1, as the bits of a {@code long}. */
  Optional<Long> unsigned(String name) {
    Number number = member(name, Number.class, "a whole number");
    if (number instanceof BigInteger big && big.signum() > 0 && big.bitLength() <= Long.SIZE) {
      return Optional.of(big.longValue());
    }
    Optional<Long> small = integer(name);
    if (small.isPresent() && small.get() < 0) {
      throw error(name, "must not be negative");
    }
    return small;
  }

  /** Refuses members that a reader would not look at. */
  void only(String... names) {
    for (String member : members().keySet()) {
      if (!Arrays.asList(names).contains(member)) {
        throw error(member, "is not known");
      }
    }
  }

  Optional<Instant> instant(String name) {
    return text(name)
        .map(text -> parseInstant(name, text))
        .filter(time -> !time.equals(UNSET_TIME));
  }

  private Instant parseInstant(String name, String text) {
    try {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
    } catch (DateTimeException e) {
      throw error(name, "is not a time as RFC 3339 has it: " + text);
    }
  }

  Digest digest(String name) {
    try {
      return Digest.parse(requiredString(name));
    } catch (OciFormatException e) {
      throw new OciFormatException(place(name) + ": " + e.getMessage(), e);
    }
  }

  Optional<JsonObject> object(String name) {
    return optionalObject(name);
  }

  /** The object of that name, made if there is none. */
  JsonObject objectToChange(String name) {
    Map<?, ?> value = member(name, Map.class, "an object");
    if (value == null) {
      Map<String, Object> created = new LinkedHashMap<>();
      members().put(name, created);
      return new JsonObject(created, place(name));
    }
    return new JsonObject(cast(value), place(name));
  }

  /** The names of an object's members, sorted: JSON's way to write a set. */
  Set<String> names(String name) {
    return object(name).<Set<String>>map(o -> new TreeSet<>(o.members().keySet())).orElse(Set.of());
  }

  /** An object all of whose values are strings, in its order. */
  Map<String, String> stringMap(String name) {
    Map<String, String> map = new LinkedHashMap<>();
    object(name)
        .ifPresent(o -> o.members().keySet().forEach(key -> map.put(key, o.requiredString(key))));
    return map;
  }

  /** Sets a member; an empty text, collection or optional removes it. */
  void set(String name, Object value) {
    if (value instanceof Optional<?> optional) {
      optional.ifPresentOrElse(inner -> set(name, inner), () -> members().remove(name));
    } else if (isEmpty(value)) {
      members().remove(name);
    } else {
      members().put(name, value);
    }
  }

  void setNames(String name, Collection<String> names) {
    Map<String, Object> set = new LinkedHashMap<>();
    names.forEach(key -> set.put(key, Map.of()));
    set(name, set);
  }

  private static boolean isEmpty(Object value) {
    return value.equals("")
        || value.equals(false)
        || (value instanceof Collection<?> c && c.isEmpty())
        || (value instanceof Map<?, ?> m && m.isEmpty());
  }
}
