package io.jollyboat.registry;

import io.jollyboat.Credentials;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Secret;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A program {@code docker-credential-NAME} that keeps credentials: Docker's helper protocol. */
final class CredentialHelper {
  private static final System.Logger LOG = System.getLogger(CredentialHelper.class.getName());
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final int MAX_ANSWER = 1024 * 1024;
  private static final long TIMEOUT_SECONDS = 60;
  private static final String IDENTITY_TOKEN_USER = "<token>";

  private CredentialHelper() {}

  /** What it has for a server; nothing, and a warning in the log, where it cannot be asked. */
  static Optional<Credentials> get(String name, String server) {
    if (!NAME.matcher(name).matches()) {
      LOG.log(Level.WARNING, "\"{0}\" is not the name of a credential helper", name);
      return Optional.empty();
    }
    try {
      return ask("docker-credential-" + name, server);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "docker-credential-{0} cannot be asked: {1}", name, e.getMessage());
      return Optional.empty();
    }
  }

  static Optional<Credentials> ask(String program, String server) throws IOException {
    Process process =
        new ProcessBuilder(program, "get").redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      tell(process, server);
      byte[] answer = process.getInputStream().readNBytes(MAX_ANSWER);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("no answer after " + TIMEOUT_SECONDS + " s");
      }
      return process.exitValue() == 0 ? read(answer) : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("asking " + program + " was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void tell(Process process, String server) {
    try (OutputStream in = process.getOutputStream()) {
      in.write((server + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It has ended without reading: its exit status says the rest.
    }
  }

  private static Optional<Credentials> read(byte[] answer) throws IOException {
    Map<String, Object> json = RegistryJson.parse(answer);
    String user = RegistryJson.string(json, "Username").orElse("");
    Optional<Secret> secret = RegistryJson.string(json, "Secret").map(Secret::of);
    return user.isEmpty() || user.equals(IDENTITY_TOKEN_USER)
        ? secret.map(Credentials::token)
        : secret.map(password -> Credentials.of(user, password));
  }
}
