package io.jollyboat.linux.network;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.NamespaceCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.Pid;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A network namespace, held by a descriptor: it stays the same one whatever becomes of the process
 * that it was taken from. Safe for use by several threads.
 *
 * <p>A socket belongs to the namespace in which its thread was when it was opened. {@link #open}
 * therefore opens it on a thread that enters the namespace, does nothing else and ends; afterwards
 * any thread may use the socket. The file system stays the host's, so that no class or library can
 * come from a container.
 */
final class NetworkNamespace implements AutoCloseable {

  private final Fd fd;

  private NetworkNamespace(Fd fd) {
    this.fd = fd;
  }

  /** Opens sockets, and may bind or connect them. */
  @FunctionalInterface
  interface Opening<T> {
    T open() throws IOException;
  }

  /** The namespace in which a process is now. */
  static NetworkNamespace of(Pid process) {
    return new NetworkNamespace(process.open("ns/net", OpenFlags.O_RDONLY));
  }

  Fd fd() {
    return fd;
  }

  /** Runs {@code opening} in the namespace. */
  <T> T open(Opening<T> opening) throws IOException {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread inside = new Thread(() -> enter(opening, result), "jollyboat-network-namespace");
    inside.setDaemon(true);
    inside.start();
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof KernelException kernel) {
        throw kernel;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    fd.close();
  }

  private <T> void enter(Opening<T> opening, CompletableFuture<T> result) {
    try {
      NamespaceCalls.enterNetwork(fd);
      result.complete(opening.open());
    } catch (Throwable e) { // the caller's thread throws it
      result.completeExceptionally(e);
    }
  }
}
