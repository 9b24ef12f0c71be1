package io.jollyboat.registry.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/**
 * A registry for tests, on a port of 127.0.0.1, that lives until it is closed: OCI
 * distribution-spec 1.1 with mounts, chunked uploads, deletion and referrers, with or without
 * authentication and TLS. It remembers what it was asked, and fails on demand. Everything is in
 * memory unless a directory is given. Safe for use by several threads.
 */
public final class RegistryServer implements AutoCloseable {
  private static final long ACCEPTOR_MILLIS = 1000;

  private final ServerSocket listener;
  private final Routes routes;
  private final Thread acceptor;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<PlannedFault> faults = new ArrayList<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

  /**
   * A request that was answered.
   *
   * @param path with the query
   * @param headers names in lower case
   * @param status of the answer; 0 when there was none
   */
  public record Request(String method, String path, Map<String, String> headers, int status) {
    @Override
    public String toString() {
      return method + " " + path + " " + status;
    }
  }

  private static final class PlannedFault {
    private final Pattern request;
    private final Fault fault;
    private int times;

    PlannedFault(Pattern request, Fault fault, int times) {
      this.request = request;
      this.fault = fault;
      this.times = times;
    }
  }

  private RegistryServer(ServerSocket listener, Routes routes) {
    this.listener = listener;
    this.routes = routes;
    this.acceptor = daemon("jollyboat-registry", this::listen);
  }

  /** Starts one that everybody may read and write, on a free port, with its blobs in memory. */
  public static RegistryServer start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Where it is, as image references have it: {@code 127.0.0.1:port}. */
  public String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** What was asked so far, in the order of the answers. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  public void forgetRequests() {
    requests.clear();
  }

  /**
   * Spoils the answers to some requests to come.
   *
   * @param request a regular expression for the whole of {@code "METHOD path?query"}
   * @param times how often, then no more
   */
  public void fail(String request, int times, Fault fault) {
    synchronized (faults) {
      faults.add(new PlannedFault(Pattern.compile(request), fault, times));
    }
  }

  /** Spoils nothing more. */
  public void forgetFaults() {
    synchronized (faults) {
      faults.clear();
    }
  }

  Fault nextFault(String request) {
    synchronized (faults) {
      for (Iterator<PlannedFault> all = faults.iterator(); all.hasNext(); ) {
        PlannedFault planned = all.next();
        if (planned.request.matcher(request).matches()) {
          if (--planned.times <= 0) {
            all.remove();
          }
          return planned.fault;
        }
      }
      return Fault.NONE;
    }
  }

  void record(Request request) {
    requests.add(request);
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.add(socket);
        if (listener.isClosed()) {
          socket.close();
          return;
        }
        daemon("jollyboat-registry-connection", () -> serve(socket)).start();
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException("registry " + address() + " cannot accept", e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      new Connection(this, routes, socket).run();
    } catch (IOException e) {
      // The client is gone or speaks something else: there is nobody to tell.
    } finally {
      connections.remove(socket);
    }
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Stops listening and drops every connection. */
  @Override
  public void close() {
    try {
      listener.close();
      awaitAcceptor();
      for (Socket socket : connections) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("registry " + address() + " cannot be closed", e);
    }
  }

  /** The port is free only when the thread that waits in accept(2) has noticed. */
  private void awaitAcceptor() {
    try {
      acceptor.join(ACCEPTOR_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Not safe for use by several threads. */
  public static final class Builder {
    private int port;
    private Access access = Access.OPEN;
    private boolean referrers = true;
    private Optional<Path> directory = Optional.empty();
    private ServerSocketFactory sockets = ServerSocketFactory.getDefault();

    private Builder() {}

    /** Default: a free one. */
    @CanIgnoreReturnValue
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /**
     * Keeps everything there, for the next server on that directory too: blobs as files {@code
     * sha256/<hex>}, names below {@code repositories}. One server at a time.
     */
    @CanIgnoreReturnValue
    public Builder directory(Path directory) {
      this.directory = Optional.of(directory);
      return this;
    }

    /** Asks for this user's password with every request. */
    @CanIgnoreReturnValue
    public Builder basicAuthentication(String user, String password) {
      this.access = new BasicAccess(user, password);
      return this;
    }

    /** Asks for tokens, which this server gives to that user. */
    @CanIgnoreReturnValue
    public Builder tokenAuthentication(String user, String password, Duration tokenLife) {
      this.access = new TokenAccess(user, password, tokenLife);
      return this;
    }

    /** Keeps no track of referrers, as registries before OCI distribution-spec 1.1. */
    @CanIgnoreReturnValue
    public Builder withoutReferrers() {
      this.referrers = false;
      return this;
    }

    /** Speaks TLS instead of plain HTTP. */
    @CanIgnoreReturnValue
    public Builder tls(SSLContext context) {
      this.sockets = context.getServerSocketFactory();
      return this;
    }

    /**
     * Starts it.
     *
     * @throws UncheckedIOException when the port is taken or the directory cannot be written
     */
    public RegistryServer start() {
      try {
        BlobStore blobs =
            directory.isPresent() ? new DirectoryBlobs(directory.get()) : new MemoryBlobs();
        Repositories repositories = new Repositories(directory.map(RepositoryFiles::new));
        ServerSocket listener = sockets.createServerSocket();
        listener.setReuseAddress(true);
        listener.bind(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
        RegistryServer server =
            new RegistryServer(listener, new Routes(blobs, repositories, access, referrers));
        server.acceptor.start();
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException("a registry on 127.0.0.1:" + port + " cannot start", e);
      }
    }
  }
}
