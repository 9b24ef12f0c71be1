package io.jollyboat;

/** Checks port numbers. */
final class Ports {
  private Ports() {}

  static int check(int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("a port is a number from 1 to 65535, not " + port);
    }
    return port;
  }
}
