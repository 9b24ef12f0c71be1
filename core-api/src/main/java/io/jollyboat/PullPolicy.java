package io.jollyboat;

/** When an image is fetched from its registry. */
public enum PullPolicy {
  /** When the store has none of that name. */
  MISSING,
  /** Every time: the registry is asked what the name means now. */
  ALWAYS,
  /** Never: what is not in the store is an error. */
  NEVER
}
