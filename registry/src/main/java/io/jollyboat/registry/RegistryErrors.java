package io.jollyboat.registry;

import io.jollyboat.RegistryException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import okhttp3.Response;

/** Failures as exceptions that say what to do. Neither secrets nor queries of URLs are in them. */
final class RegistryErrors {
  private static final int MAX_BODY = 64 * 1024;
  private static final int MAX_MESSAGE = 500;

  private RegistryErrors() {}

  /** Of an answer, which is read as far as it explains itself. */
  static RegistryException refused(String what, String host, Response response) {
    Set<String> codes = new LinkedHashSet<>();
    Set<String> messages = new LinkedHashSet<>();
    explain(response, codes, messages);
    Optional<Duration> retryAfter = RetryPolicy.retryAfter(response);
    String detail =
        String.join(", ", codes)
            + (messages.isEmpty() ? "" : " (" + String.join("; ", messages) + ")");
    String message =
        what
            + " failed: registry "
            + host
            + " answered "
            + response.code()
            + (detail.isBlank() ? "" : " " + detail.strip())
            + "; "
            + remedy(response.code(), host, retryAfter);
    return response.code() == 429
        ? limited(message, response, List.copyOf(codes), retryAfter)
        : new RegistryException(message, response.code(), List.copyOf(codes), retryAfter, null);
  }

  private static RegistryException limited(
      String message, Response response, List<String> codes, Optional<Duration> retryAfter) {
    return RateLimitHeaders.read(response, Instant.now())
        .map(limit -> RegistryException.limited(message, codes, retryAfter, limit))
        .orElseGet(() -> new RegistryException(message, 429, codes, retryAfter, null));
  }

  private static void explain(Response response, Set<String> codes, Set<String> messages) {
    try {
      byte[] body = response.body().byteStream().readNBytes(MAX_BODY);
      Map<String, Object> json = RegistryJson.parse(body);
      for (Object element : RegistryJson.array(json, "errors")) {
        if (element instanceof Map<?, ?> error) {
          RegistryJson.string(error, "code").map(RegistryErrors::clean).ifPresent(codes::add);
          RegistryJson.string(error, "message").map(RegistryErrors::clean).ifPresent(messages::add);
        }
      }
    } catch (IOException e) {
      // Not the specification's JSON: the status has to do.
    }
  }

  /** What a stranger wrote, on one line of bounded length. */
  static String clean(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "…";
  }

  private static String remedy(int status, String host, Optional<Duration> retryAfter) {
    return switch (status) {
      case 401 -> logIn(host);
      case 403 -> "the account has no right to do this: use another, or ask the registry's owner";
      case 404 -> "the repository or its content does not exist there: check the name";
      case 405 -> "the registry does not allow this";
      case 413 -> "it is too large for the registry";
      case 429 ->
          "too many requests: try again "
              + retryAfter.map(time -> "in " + time.toSeconds() + " s").orElse("later")
              + ", or log in for a higher limit";
      default -> status >= 500 ? "try again later" : "see the registry's log";
    };
  }

  private static String logIn(String host) {
    return "give credentials with `docker login " + host + "` or Engine.builder().credentials(...)";
  }

  /** Of a 401 that no credentials that were there could help. */
  static RegistryException unauthorized(
      String what, String host, Optional<String> account, List<String> codes) {
    String message =
        what
            + " failed: registry "
            + host
            + account
                .map(who -> " refused the credentials of " + who + ": check them, or ")
                .orElse(" wants credentials, or the repository does not exist there: ")
            + logIn(host);
    return new RegistryException(message, 401, codes, Optional.empty(), null);
  }

  /** Of no answer at all. */
  static RegistryException unreachable(String what, String host, IOException cause) {
    String message = what + " failed: registry " + host + reason(cause);
    return new RegistryException(message, 0, List.of(), Optional.empty(), cause);
  }

  private static String reason(IOException cause) {
    if (cause instanceof RefusedAddressException) {
      return " answered wrongly: " + clean(String.valueOf(cause.getMessage()));
    }
    if (cause instanceof UnknownHostException) {
      return " cannot be found: check the name, the network and the proxy variables";
    }
    if (cause instanceof SSLException) {
      return " has no trusted certificate ("
          + clean(String.valueOf(cause.getMessage()))
          + "): give its CA's certificate with Engine.builder().trust(path)";
    }
    if (cause instanceof ConnectException) {
      return " cannot be reached ("
          + clean(String.valueOf(cause.getMessage()))
          + "): check that it runs, the name and the port";
    }
    if (cause instanceof SocketTimeoutException) {
      return " did not answer in time: check the network, or try again later";
    }
    return " broke off (" + clean(String.valueOf(cause.getMessage())) + "): try again";
  }
}
