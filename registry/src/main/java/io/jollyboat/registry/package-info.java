/**
 * Pulls from and pushes to registries over the OCI distribution protocol. {@link
 * io.jollyboat.registry.HttpRegistry} is the client; what it returns is checked by {@link
 * io.jollyboat.registry.ManifestReader} and {@link io.jollyboat.registry.VerifiedStream}.
 */
@NullMarked
package io.jollyboat.registry;

import org.jspecify.annotations.NullMarked;
