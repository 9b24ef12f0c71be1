package io.jollyboat;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The volumes of a store. Those of every engine on its root. Safe for use by several threads.
 *
 * @see Mount#volume
 */
public interface Volumes {
  /** By name, anonymous ones too. */
  List<Volume> list();

  Optional<Volume> find(String name);

  /** Makes an empty volume; one that is there already stays as it is. */
  default Volume create(String name) {
    return create(name, Map.of());
  }

  /**
   * Makes an empty volume; one that is there already stays as it is, its labels too.
   *
   * @throws IllegalArgumentException when the name is none for a volume
   */
  Volume create(String name, Map<String, String> labels);

  /**
   * Deletes a volume with all that is in it.
   *
   * @throws ConflictException when a container uses it, or when there is no such volume
   */
  void remove(String name);

  /** Deletes every volume that no container uses, and returns those. */
  List<Volume> prune();
}
