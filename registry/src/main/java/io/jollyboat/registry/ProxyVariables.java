package io.jollyboat.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import okhttp3.Authenticator;
import okhttp3.Credentials;

/**
 * The proxies that {@code HTTP_PROXY}, {@code HTTPS_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}
 * name, in upper or lower case. This machine itself is never reached through one.
 */
final class ProxyVariables extends ProxySelector {
  private final Map<String, String> variables;

  ProxyVariables(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  @Override
  public List<Proxy> select(URI uri) {
    return proxy(uri).map(ProxyVariables::toProxy).map(List::of).orElse(List.of(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The request fails with the same failure: there is nothing to note here.
  }

  /** Answers a proxy's challenge with the user and password of its URL. */
  Authenticator authenticator() {
    return (route, response) -> {
      Optional<String> user =
          proxy(response.request().url().uri()).map(URI::getUserInfo).filter(u -> !u.isEmpty());
      if (user.isEmpty() || response.request().header("Proxy-Authorization") != null) {
        return null;
      }
      String[] parts = user.get().split(":", 2);
      String header = Credentials.basic(parts[0], parts.length > 1 ? parts[1] : "");
      return response.request().newBuilder().header("Proxy-Authorization", header).build();
    };
  }

  private Optional<URI> proxy(URI target) {
    String host = target.getHost() == null ? "" : target.getHost();
    if (Loopback.isLoopback(host) || isExcluded(host, target.getPort())) {
      return Optional.empty();
    }
    String own = "https".equals(target.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY";
    return variable(own).or(() -> variable("ALL_PROXY")).map(ProxyVariables::parse);
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name))
        .or(() -> Optional.ofNullable(variables.get(name.toLowerCase(Locale.ROOT))))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  private static URI parse(String value) {
    URI uri = URI.create(value.contains("://") ? value : "http://" + value);
    if (uri.getHost() == null) {
      throw new IllegalArgumentException(
          "a proxy variable does not name a host; it must look like http://host:port");
    }
    return uri;
  }

  private static Proxy toProxy(URI uri) {
    boolean socks = String.valueOf(uri.getScheme()).startsWith("socks");
    int port = uri.getPort() >= 0 ? uri.getPort() : socks ? 1080 : 80;
    return new Proxy(
        socks ? Proxy.Type.SOCKS : Proxy.Type.HTTP,
        InetSocketAddress.createUnresolved(uri.getHost(), port));
  }

  private boolean isExcluded(String host, int port) {
    for (String entry : variable("NO_PROXY").orElse("").split("[,\\s]+")) {
      if (NoProxyEntry.matches(
          entry.toLowerCase(Locale.ROOT), host.toLowerCase(Locale.ROOT), port)) {
        return true;
      }
    }
    return false;
  }
}
