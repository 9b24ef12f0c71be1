package io.jollyboat;

import org.jspecify.annotations.Nullable;

/**
 * The root of what an engine throws. Subclasses are split by what the caller can do about it; facts
 * are in their fields, and the message says what failed, on what, why, and what to do.
 */
public abstract sealed class JollyboatException extends RuntimeException
    permits EngineUnavailableException,
        ImageNotFoundException,
        RegistryException,
        ContentException,
        BuildException,
        ContainerException,
        ConflictException,
        StoreException,
        WaitTimeoutException,
        InterruptedOperationException {
  JollyboatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
