package io.jollyboat;

/**
 * What a RUN may only do when the caller of the build says so: a Dockerfile may be a stranger's.
 */
public enum BuildPermission {
  /** {@code RUN --network=host}: the step reaches all that this machine reaches. */
  NETWORK_HOST,
  /** {@code RUN --security=insecure}: the step is root on this machine but for its namespaces. */
  SECURITY_INSECURE
}
