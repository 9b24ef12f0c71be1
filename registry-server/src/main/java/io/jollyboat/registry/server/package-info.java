/**
 * A small writable registry that runs in the process, for tests and demonstrations: OCI
 * distribution-spec over plain HTTP or TLS, with authentication and with failures on demand.
 */
@NullMarked
package io.jollyboat.registry.server;

import org.jspecify.annotations.NullMarked;
