package io.jollyboat.runtime;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object with typed access; an error names the place, as in {@code linux.mounts[2].type}.
 * Members that nobody asks for are ignored, as the specification wants it.
 */
final class Fields {
  private final Map<String, Object> members;
  private final String where;

  Fields(Map<String, Object> members, String where) {
    this.members = members;
    this.where = where;
  }

  static Fields none(String where) {
    return new Fields(Map.of(), where);
  }

  Map<String, Object> members() {
    return members;
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

  String required(String name) {
    return text(name).orElseThrow(() -> error(name, "is missing"));
  }

  boolean bool(String name) {
    return truth(name).orElse(false);
  }

  Optional<Boolean> truth(String name) {
    return Optional.ofNullable(member(name, Boolean.class, "true or false"));
  }

  /** A whole number; one of 64 bits without a sign keeps its bits. */
  OptionalLong number(String name) {
    Number number = member(name, Number.class, "a whole number");
    return number == null ? OptionalLong.empty() : OptionalLong.of(whole(name, number));
  }

  /** A whole number of 32 bits, with or without a sign. */
  OptionalInt small(String name) {
    OptionalLong number = number(name);
    if (number.isEmpty()) {
      return OptionalInt.empty();
    }
    long value = number.getAsLong();
    if (value < Integer.MIN_VALUE || value > 0xffff_ffffL) {
      throw error(name, value + " is out of range");
    }
    return OptionalInt.of((int) value);
  }

  private long whole(String name, Number number) {
    if (number instanceof Long) {
      return number.longValue();
    }
    if (number instanceof BigInteger big && big.signum() >= 0 && big.bitLength() <= 64) {
      return big.longValue();
    }
    throw error(name, number + " is not a whole number of 64 bits");
  }

  Fields object(String name) {
    return optionalObject(name).orElse(none(place(name)));
  }

  Optional<Fields> optionalObject(String name) {
    Map<?, ?> value = member(name, Map.class, "an object");
    return Optional.ofNullable(value).map(map -> new Fields(cast(map), place(name)));
  }

  List<Fields> objects(String name) {
    List<Fields> objects = new ArrayList<>();
    for (Object element : elements(name)) {
      String place = place(name) + "[" + objects.size() + "]";
      if (!(element instanceof Map<?, ?> map)) {
        throw new RuntimeFailure(place + ": must be an object");
      }
      objects.add(new Fields(cast(map), place));
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

  List<Long> numbers(String name) {
    List<Long> numbers = new ArrayList<>();
    for (Object element : elements(name)) {
      if (!(element instanceof Number number)) {
        throw error(name + "[" + numbers.size() + "]", "must be a number");
      }
      numbers.add(whole(name, number));
    }
    return List.copyOf(numbers);
  }

  Map<String, String> stringMap(String name) {
    Map<String, String> map = new LinkedHashMap<>();
    Fields object = object(name);
    object.members.keySet().forEach(key -> map.put(key, object.string(key).orElse("")));
    return map;
  }

  /** Fails for members that mean something, but nothing that this runtime can do. */
  void refuse(String why, String... names) {
    for (String name : names) {
      Object value = members.get(name);
      boolean empty =
          value == null
              || value.equals("")
              || (value instanceof Map<?, ?> map && map.isEmpty())
              || (value instanceof List<?> list && list.isEmpty());
      if (!empty) {
        throw error(name, why);
      }
    }
  }

  RuntimeFailure error(String name, String why) {
    return new RuntimeFailure(place(name) + ": " + why);
  }

  private List<?> elements(String name) {
    List<?> list = member(name, List.class, "an array");
    return list == null ? List.of() : list;
  }

  private String place(String name) {
    return where + (where.endsWith(".json") ? ": " : ".") + name;
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

  @SuppressWarnings("unchecked") // Json makes no other maps
  private static Map<String, Object> cast(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }
}
