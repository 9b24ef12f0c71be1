package io.jollyboat.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;

/** A certificate that signs itself, made by the JDK's keytool, and its key, as files of PEM. */
public final class TestCertificate {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String PASSWORD = "changeit";

  private final Path certificate;
  private final Path key;
  private final X509Certificate parsed;
  private final PrivateKey secret;

  private TestCertificate(Path directory, String name, KeyStore store)
      throws GeneralSecurityException, IOException {
    this.parsed = (X509Certificate) store.getCertificate(name);
    this.secret = (PrivateKey) store.getKey(name, PASSWORD.toCharArray());
    this.certificate = write(directory.resolve(name + ".cert"), "CERTIFICATE", parsed.getEncoded());
    this.key = write(directory.resolve(name + ".key"), "PRIVATE KEY", secret.getEncoded());
  }

  /**
   * Makes one for 127.0.0.1.
   *
   * @param algorithm RSA or EC
   */
  public static TestCertificate make(Path directory, String name, String algorithm) {
    Path keys = directory.resolve(name + ".p12");
    Command.run(
        LIMIT,
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-keyalg",
        algorithm,
        "-dname",
        "CN=" + name,
        "-ext",
        "san=ip:127.0.0.1",
        "-validity",
        "30",
        "-alias",
        name,
        "-storetype",
        "PKCS12",
        "-keystore",
        keys.toString(),
        "-storepass",
        PASSWORD);
    try (InputStream in = Files.newInputStream(keys)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      return new TestCertificate(directory, name, store);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("keytool made no key that can be read", e);
    }
  }

  private static Path write(Path file, String kind, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.write(
        file,
        ("-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n")
            .getBytes(StandardCharsets.US_ASCII));
  }

  public Path certificate() {
    return certificate;
  }

  public Path key() {
    return key;
  }

  public X509Certificate x509() {
    return parsed;
  }

  public PrivateKey privateKey() {
    return secret;
  }
}
