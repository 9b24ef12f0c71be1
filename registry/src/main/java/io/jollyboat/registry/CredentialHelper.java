package io.jollyboat.registry;

import io.jollyboat.Credentials;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Secret;
import io.jollyboat.oci.json.JsonText;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
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
    Answer answer = run(program, "get", server + "\n");
    return answer.status == 0 ? read(answer.out) : Optional.empty();
  }

  /**
   * Has it keep credentials.
   *
   * @throws IOException when it does not
   */
  static void store(String name, String server, Credentials credentials) throws IOException {
    storeBy(program(name), server, credentials);
  }

  static void storeBy(String program, String server, Credentials credentials) throws IOException {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("ServerURL", server);
    entry.put("Username", credentials.user().orElse(IDENTITY_TOKEN_USER));
    entry.put("Secret", new String(credentials.secret().reveal(), StandardCharsets.UTF_8));
    checked(program, "store", JsonText.write(entry));
  }

  /** Has it forget what it has for a server. */
  static void erase(String name, String server) throws IOException {
    eraseBy(program(name), server);
  }

  static void eraseBy(String program, String server) throws IOException {
    checked(program, "erase", server + "\n");
  }

  private static String program(String name) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new IOException("\"" + name + "\" is not the name of a credential helper");
    }
    return "docker-credential-" + name;
  }

  /** What a helper says when it fails is not repeated: it may have the secret in it. */
  private static void checked(String program, String action, String input) throws IOException {
    int status = run(program, action, input).status;
    if (status != 0) {
      throw new IOException(program + " " + action + " ended with status " + status);
    }
  }

  private static final class Answer {
    private final int status;
    private final byte[] out;

    Answer(int status, byte[] out) {
      this.status = status;
      this.out = out;
    }
  }

  private static Answer run(String program, String action, String input) throws IOException {
    Process process =
        new ProcessBuilder(program, action).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      tell(process, input);
      byte[] answer = process.getInputStream().readNBytes(MAX_ANSWER);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("no answer after " + TIMEOUT_SECONDS + " s");
      }
      return new Answer(process.exitValue(), answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("asking " + program + " was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void tell(Process process, String input) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
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
