package io.jollyboat;

/**
 * Whether file systems that are mounted later below a bind's source are seen on the other side:
 * mount_namespaces(7), "Shared subtrees". The three without an R are about the bind itself, and
 * what is mounted below it already stays private; those with one are about all of it.
 */
public enum Propagation {
  /** Neither side sees the other's. */
  PRIVATE,
  /** The default: neither side sees the other's. */
  RPRIVATE,
  /** The container sees the host's; the source must lie on a shared mount or a slave of one. */
  SLAVE,
  /** The container sees the host's; the source must lie on a shared mount or a slave of one. */
  RSLAVE,
  /** Each side sees the other's; the source must lie on a shared mount. */
  SHARED,
  /** Each side sees the other's; the source must lie on a shared mount. */
  RSHARED
}
