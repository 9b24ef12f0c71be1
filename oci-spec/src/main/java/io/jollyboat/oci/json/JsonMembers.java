package io.jollyboat.oci.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object with typed access. Errors name the place, as in {@code config.Env[2]}; which
 * exception they are, a subclass says.
 *
 * @param <T> the subclass
 */
public abstract class JsonMembers<T extends JsonMembers<T>> {
  private final Map<String, Object> members;
  private final String where;

  /**
   * @param members as {@link JsonText} makes them
   * @param where the object is, in its document
   */
  protected JsonMembers(Map<String, Object> members, String where) {
    this.members = members;
    this.where = where;
  }

  /** An object in this one. */
  protected abstract T inner(Map<String, Object> innerMembers, String innerWhere);

  /** The place of a member of the object at {@code outer}. */
  protected abstract String place(String outer, String name);

  /** What is thrown for an error. */
  protected abstract RuntimeException failure(String message);

  public final Map<String, Object> members() {
    return members;
  }

  protected final String where() {
    return where;
  }

  protected final String place(String name) {
    return place(where, name);
  }

  public final boolean has(String name) {
    return members.containsKey(name);
  }

  public final Optional<String> string(String name) {
    return Optional.ofNullable(member(name, String.class, "a string"));
  }

  /** As {@link #string}, empty also where the text is. */
  public final Optional<String> text(String name) {
    return string(name).filter(text -> !text.isEmpty());
  }

  public final Optional<Boolean> truth(String name) {
    return Optional.ofNullable(member(name, Boolean.class, "true or false"));
  }

  /** False where it is missing. */
  public final boolean bool(String name) {
    return truth(name).orElse(false);
  }

  public final Optional<T> optionalObject(String name) {
    Map<?, ?> value = member(name, Map.class, "an object");
    return Optional.ofNullable(value).map(map -> inner(cast(map), place(name)));
  }

  public final List<T> objects(String name) {
    List<T> objects = new ArrayList<>();
    for (Object element : elements(name)) {
      String place = place(name) + "[" + objects.size() + "]";
      if (!(element instanceof Map<?, ?> map)) {
        throw failure(place + ": must be an object");
      }
      objects.add(inner(cast(map), place));
    }
    return List.copyOf(objects);
  }

  public final List<String> strings(String name) {
    List<String> strings = new ArrayList<>();
    for (Object element : elements(name)) {
      if (!(element instanceof String text)) {
        throw error(name + "[" + strings.size() + "]", "must be a string");
      }
      strings.add(text);
    }
    return List.copyOf(strings);
  }

  public final RuntimeException error(String name, String why) {
    return failure(place(name) + ": " + why);
  }

  protected final List<?> elements(String name) {
    List<?> list = member(name, List.class, "an array");
    return list == null ? List.of() : list;
  }

  protected final <V> @Nullable V member(String name, Class<V> type, String expected) {
    Object value = members.get(name);
    if (value == null) {
      return null;
    }
    if (!type.isInstance(value)) {
      throw error(name, "must be " + expected);
    }
    return type.cast(value);
  }

  @SuppressWarnings("unchecked") // JsonText makes no other maps
  protected static Map<String, Object> cast(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }
}
