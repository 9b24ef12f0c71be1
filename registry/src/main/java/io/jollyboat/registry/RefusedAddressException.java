package io.jollyboat.registry;

import java.net.ProtocolException;

/** A registry sends us where nobody should be sent; asking again would not help. */
final class RefusedAddressException extends ProtocolException {
  private static final long serialVersionUID = 1;

  RefusedAddressException(String message) {
    super(message);
  }
}
