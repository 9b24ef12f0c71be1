package io.jollyboat;

import java.util.List;
import java.util.Optional;

/** The containers of every engine on this root. Safe for use by several threads. */
public interface Containers {
  /** Makes a container that does not run yet. */
  Container create(ContainerSpec spec);

  /** Newest first. */
  List<Container> list();

  /** Those that satisfy a filter, newest first. */
  default List<Container> list(ContainerFilter filter) {
    return list().stream().filter(filter::matches).toList();
  }

  /** Removes those of this engine, and detached ones, that do not run, and says which. */
  List<ContainerId> prune();

  /**
   * Looks for a name first, then for an id or its beginning.
   *
   * @throws ConflictException when several ids begin so
   */
  Optional<Container> find(String nameOrId);
}
