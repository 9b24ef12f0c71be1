package io.jollyboat.runtime;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The flags of "create" and "run".
 *
 * @param systemd the groups are in a scope of systemd
 * @param noPivot the old root is covered and stays below
 */
record CreateOptions(
    Path bundle,
    Optional<Path> pidFile,
    Optional<Path> consoleSocket,
    boolean systemd,
    boolean noPivot,
    boolean noNewKeyring,
    PreservedDescriptors preserved) {}
