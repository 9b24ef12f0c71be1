package io.jollyboat.runtime;

import io.jollyboat.oci.json.JsonMembers;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A JSON object whose other members are ignored, as the specification wants it. */
final class Fields extends JsonMembers<Fields> {
  Fields(Map<String, Object> members, String where) {
    super(members, where);
  }

  @Override
  protected Fields inner(Map<String, Object> innerMembers, String innerWhere) {
    return new Fields(innerMembers, innerWhere);
  }

  @Override
  protected String place(String outer, String name) {
    return outer + (outer.endsWith(".json") ? ": " : ".") + name;
  }

  @Override
  protected RuntimeFailure failure(String message) {
    return new RuntimeFailure(message);
  }

  static Fields none(String where) {
    return new Fields(Map.of(), where);
  }

  String required(String name) {
    return text(name).orElseThrow(() -> error(name, "is missing"));
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
    object.members().keySet().forEach(key -> map.put(key, object.string(key).orElse("")));
    return map;
  }

  /** Fails for members that mean something, but nothing that this runtime can do. */
  void refuse(String why, String... names) {
    for (String name : names) {
      Object value = members().get(name);
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
}
