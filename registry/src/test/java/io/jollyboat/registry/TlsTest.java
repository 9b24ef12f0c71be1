package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.RegistryException;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.registry.server.RegistryServer;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The certificate is made by the JDK's own keytool. */
class TlsTest {
  private static final String PASSWORD = "changeit";

  private static Path directory;
  private static Path keys;
  private static Path certificate;

  @BeforeAll
  static void makeCertificate(@TempDir Path temporary) throws Exception {
    directory = temporary;
    keys = directory.resolve("keys.p12");
    certificate = directory.resolve("ca.pem");
    keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=test", "-ext", "san=ip:127.0.0.1");
    keytool("-exportcert", "-rfc", "-file", certificate.toString());
  }

  private static void keytool(String... words) throws Exception {
    Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(Arrays.asList(words));
    command.addAll(List.of("-alias", "test", "-keystore", keys.toString()));
    command.addAll(List.of("-storepass", PASSWORD));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    assertEquals(0, process.waitFor(), () -> "keytool " + command);
  }

  private static RegistryServer start() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return RegistryServer.builder().tls(context).start();
  }

  @Test
  void registry_onThisMachine_isSpokenToInTlsWhereItAnswersInTls() throws Exception {
    try (RegistryServer server = start();
        HttpRegistry registry = Story.client().trust(certificate).build()) {
      ImageReference name = ImageReference.parse(server.address() + "/x:1");
      Story story = Story.small();
      story.push(registry, name);
      assertEquals(Optional.of(story.manifest().descriptor()), registry.resolve(name));
    }
  }

  @Test
  void registry_withUnknownCertificate_saysHowToTrustIt() throws Exception {
    try (RegistryServer server = start();
        HttpRegistry registry = Story.client().build()) {
      ImageReference name = ImageReference.parse(server.address() + "/x:1");
      RegistryException e = assertThrows(RegistryException.class, () -> registry.resolve(name));
      assertTrue(e.toString().contains("Engine.builder().trust(path)"), e.toString());
    }
  }

  @Test
  void trust_inAFileWithoutCertificates_isRefused() throws Exception {
    Path empty = Files.writeString(directory.resolve("empty.pem"), "nothing\n");
    assertThrows(IllegalArgumentException.class, () -> CaCertificates.load(empty));
    assertThrows(
        IllegalArgumentException.class,
        () -> CaCertificates.load(directory.resolve("missing.pem")));
  }
}
