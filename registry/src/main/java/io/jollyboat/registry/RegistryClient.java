package io.jollyboat.registry;

import io.jollyboat.RegistryException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Response;

/**
 * Sends requests with what a registry wants to know of us, and again where that helps. Safe for use
 * by several threads.
 */
final class RegistryClient {
  private final Transport transport;
  private final Authorizer authorizer;
  private final RetryPolicy retries;

  RegistryClient(Transport transport, Authorizer authorizer, RetryPolicy retries) {
    this.transport = transport;
    this.authorizer = authorizer;
    this.retries = retries;
  }

  /**
   * The answer, whatever its status but 401; the caller closes it.
   *
   * @param registry where the registry is: only there does it learn who asks
   */
  Response send(RegistryRequest request, HttpUrl registry) {
    for (int attempt = 1; ; attempt++) {
      Optional<Duration> pause;
      try {
        Response response = sendOnce(request, registry);
        pause = request.isRepeatable() ? retries.pause(response, attempt) : Optional.empty();
        if (pause.isEmpty()) {
          return response;
        }
        response.close();
      } catch (IOException e) {
        pause = pauseAfter(request, e, attempt);
      }
      Interrupts.sleep(request.what(), pause.orElseThrow());
    }
  }

  private Optional<Duration> pauseAfter(RegistryRequest request, IOException e, int attempt) {
    Interrupts.check(request.what(), e);
    Optional<Duration> pause = retries.pause(e, attempt);
    if (pause.isEmpty() || !request.isRepeatable()) {
      throw RegistryErrors.unreachable(request.what(), request.host(), e);
    }
    return pause;
  }

  private Response sendOnce(RegistryRequest request, HttpUrl registry) throws IOException {
    if (!Transport.sameOrigin(request.http().url(), registry)) {
      return transport.follow(request.http(), Optional.empty(), registry);
    }
    Optional<String> known = authorizer.known(request);
    Response first = transport.follow(request.http(), known, registry);
    if (first.code() != 401) {
      return first;
    }
    List<Challenge> offered = Challenge.parse(first.headers("WWW-Authenticate"));
    RegistryException refusal = refusal(request, first);
    Optional<String> better = authorizer.answer(request, offered, known);
    if (better.isEmpty() || !request.isRepeatable()) {
      throw refusal;
    }
    Response second = transport.follow(request.http(), better, registry);
    if (second.code() == 401) {
      throw refusal(request, second);
    }
    return second;
  }

  /** After a login or a logout: what is known of a registry's credentials is not any more. */
  void forget(String host) {
    authorizer.forget(host);
  }

  private RegistryException refusal(RegistryRequest request, Response response) {
    try (response) {
      List<String> codes = RegistryErrors.refused("", request.host(), response).codes();
      Optional<String> account = authorizer.account(request.repository());
      authorizer.forgetCredentials(request.host());
      return RegistryErrors.unauthorized(request.what(), request.host(), account, codes);
    }
  }
}
