package io.jollyboat.oci;

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
import org.jspecify.annotations.Nullable;

/** A JSON object with typed access. Errors name the place, as in {@code config.Env[2]}. */
final class JsonObject {
  /** How Go writes a time that was never set. */
  private static final Instant UNSET_TIME = Instant.parse("0001-01-01T00:00:00Z");

  private final Map<String, Object> members;
  private final String where;

  JsonObject(Map<String, Object> members, String where) {
    this.members = members;
    this.where = where;
  }

  static JsonObject empty(String where) {
    return new JsonObject(new LinkedHashMap<>(), where);
  }

  /** A copy that may be changed without changing this. */
  JsonObject copy() {
    return new JsonObject(copyOf(members), where);
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

  Map<String, Object> members() {
    return members;
  }

  byte[] write() {
    return OciJson.write(members);
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  Optional<String> string(String name) {
    return Optional.ofNullable(member(name, String.class, "a string"));
  }

  /** As {@link #string}, empty also where the text is. */
  Optional<String> text(String name) {
    return string(name).filter(text -> !text.isEmpty());
  }

  String requiredString(String name) {
    return string(name).orElseThrow(() -> error(name, "is missing"));
  }

  boolean bool(String name) {
    Boolean value = member(name, Boolean.class, "true or false");
    return value != null && value;
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
    for (String member : members.keySet()) {
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
    Map<?, ?> value = member(name, Map.class, "an object");
    return Optional.ofNullable(value).map(map -> new JsonObject(cast(map), place(name)));
  }

  /** The object of that name, made if there is none. */
  JsonObject objectToChange(String name) {
    Map<?, ?> value = member(name, Map.class, "an object");
    if (value == null) {
      Map<String, Object> created = new LinkedHashMap<>();
      members.put(name, created);
      return new JsonObject(created, place(name));
    }
    return new JsonObject(cast(value), place(name));
  }

  List<JsonObject> objects(String name) {
    List<JsonObject> objects = new ArrayList<>();
    for (Object element : elements(name)) {
      String place = place(name) + "[" + objects.size() + "]";
      if (!(element instanceof Map<?, ?> map)) {
        throw new OciFormatException(place + ": must be an object");
      }
      objects.add(new JsonObject(cast(map), place));
    }
    return List.copyOf(objects);
  }

  List<String> strings(String name) {
    List<String> strings = new ArrayList<>();
    for (Object element : elements(name)) {
      if (!(element instanceof String text)) {
        throw error(name + "[" + strings.size() + "]", "must be a string");
      }
      strings.add(text);
    }
    return List.copyOf(strings);
  }

  /** The names of an object's members, sorted: JSON's way to write a set. */
  Set<String> names(String name) {
    return object(name).<Set<String>>map(o -> new TreeSet<>(o.members.keySet())).orElse(Set.of());
  }

  /** An object all of whose values are strings, in its order. */
  Map<String, String> stringMap(String name) {
    Map<String, String> map = new LinkedHashMap<>();
    object(name)
        .ifPresent(o -> o.members.keySet().forEach(key -> map.put(key, o.requiredString(key))));
    return map;
  }

  private List<?> elements(String name) {
    List<?> list = member(name, List.class, "an array");
    return list == null ? List.of() : list;
  }

  /** Sets a member; an empty text, collection or optional removes it. */
  void set(String name, Object value) {
    if (value instanceof Optional<?> optional) {
      optional.ifPresentOrElse(inner -> set(name, inner), () -> members.remove(name));
    } else if (isEmpty(value)) {
      members.remove(name);
    } else {
      members.put(name, value);
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

  OciFormatException error(String name, String why) {
    return new OciFormatException(place(name) + ": " + why);
  }

  private String place(String name) {
    return where + (where.indexOf(' ') >= 0 && where.indexOf(':') < 0 ? ": " : ".") + name;
  }

  private <T> @Nullable T member(String name, Class<T> type, String expected) {
    Object value = members.get(name);
    if (value == null) {
      return null;
    }
    if (!type.isInstance(value)) {
      throw error(name, "must be " + expected);
    }
    return type.cast(value);
  }

  @SuppressWarnings("unchecked") // OciJson makes no other maps
  private static Map<String, Object> cast(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }
}
