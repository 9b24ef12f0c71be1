package io.jollyboat;

import java.util.List;
import java.util.Optional;

/** The containers of every engine on this root. Safe for use by several threads. */
public interface Containers {
  /** Makes a container that does not run yet. */
  Container create(ContainerSpec spec);

  /** Newest first. */
  List<Container> list();

  /**
   * Looks for a name first, then for an id or its beginning.
   *
   * @throws ConflictException when several ids begin so
   */
  Optional<Container> find(String nameOrId);
}
