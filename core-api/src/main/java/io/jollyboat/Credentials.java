package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.Optional;

/**
 * What a registry wants to see before it answers. A value; {@code toString} shows the user only.
 */
@CheckReturnValue
public final class Credentials {
  private final Optional<String> user;
  private final Secret secret;

  private Credentials(Optional<String> user, Secret secret) {
    this.user = user;
    this.secret = secret;
  }

  public static Credentials of(String user, Secret password) {
    return new Credentials(Optional.of(user), password);
  }

  /** An identity (refresh) token, as {@code docker login} keeps it. */
  public static Credentials token(Secret token) {
    return new Credentials(Optional.empty(), token);
  }

  /** The user; empty for a token. */
  public Optional<String> user() {
    return user;
  }

  /** The password or the token. */
  public Secret secret() {
    return secret;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Credentials that
        && user.equals(that.user)
        && secret.equals(that.secret);
  }

  @Override
  public int hashCode() {
    return user.hashCode();
  }

  @Override
  public String toString() {
    return user.map(name -> "user " + name).orElse("token");
  }
}
