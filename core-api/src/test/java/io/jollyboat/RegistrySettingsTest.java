package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistrySettingsTest {
  private final RegistrySettings none = RegistrySettings.defaults();

  private static String located(RegistrySettings settings, String reference) {
    return settings.located(ImageReference.parse(reference)).toString();
  }

  @Test
  void mirrors_areInTheOrderInWhichTheyWereGiven() {
    RegistrySettings two =
        none.mirror("docker.io", "https://one.example").mirror("docker.io", "http://two:5000/hub");
    assertEquals(
        List.of(URI.create("https://one.example"), URI.create("http://two:5000/hub")),
        two.mirrors("docker.io"));
    assertEquals(List.of(), two.mirrors("other.example"));
    assertEquals(List.of(), none.mirrors("docker.io"));
    for (String wrong : List.of("one.example", "ftp://one.example", "https:")) {
      assertThrows(IllegalArgumentException.class, () -> none.mirror("docker.io", wrong), wrong);
    }
  }

  @Test
  void alias_keepsTagAndDigest_andMeansNoOtherName() {
    RegistrySettings settings = none.alias("debian", "r.example/base/debian");
    String digest = Digest.sha256(new byte[0]).toString();
    assertEquals("r.example/base/debian:12", located(settings, "debian:12"));
    assertEquals("r.example/base/debian:latest", located(settings, "docker.io/library/debian"));
    assertEquals("r.example/base/debian@" + digest, located(settings, "debian@" + digest));
    assertEquals("debian-slim:12", located(settings, "debian-slim:12"));
    assertEquals("other.example/debian:12", located(settings, "other.example/debian:12"));
  }

  @Test
  void certificates_areThoseOfOneRegistry() {
    Path file = Path.of("ca.pem");
    RegistrySettings settings =
        none.trust("r.example:5000", file)
            .clientCertificate("r.example:5000", Path.of("c.cert"), Path.of("c.key"))
            .insecure("i.example");
    assertEquals(List.of(file), settings.certificates("r.example:5000").authorities());
    assertTrue(settings.certificates("r.example:5000").client().isPresent());
    assertEquals(List.of(), settings.certificates("r.example").authorities());
    assertTrue(settings.isInsecure("i.example"));
    assertFalse(settings.isInsecure("r.example:5000"));
    assertEquals(none, RegistrySettings.defaults());
  }
}
