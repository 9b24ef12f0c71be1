package io.jollyboat.linux.userns;

/**
 * The users and groups of a namespace. Immutable.
 *
 * @param changesGroups processes inside may choose their groups; with a single id, which nobody
 *     gave, the kernel does not let them
 */
public record OwnerIds(IdTable users, IdTable groups, boolean changesGroups) {

  /** Whether files and processes can belong to nobody but user 0. */
  public boolean isSingle() {
    return users.isSingle();
  }

  /** What a store records of it. */
  @Override
  public String toString() {
    return "users " + users + " groups " + groups;
  }
}
