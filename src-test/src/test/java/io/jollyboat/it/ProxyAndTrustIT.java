package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.StoredImage;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RecordedProgress;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an engine is told of the network around it reaches what runs, and nothing that is kept. */
@IntegrationTest
class ProxyAndTrustIT {
  private static final String PROXY = "http://proxy.invalid:3128";
  private static final List<String> TRUST =
      List.of(
          "SSL_CERT_FILE",
          "CURL_CA_BUNDLE",
          "GIT_SSL_CAINFO",
          "NODE_EXTRA_CA_CERTS",
          "npm_config_cafile");

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @Test
  void proxyAndCertificates_duringABuild_areSeenAndNotKept() {
    Image image = Image.from(TestImages.BUSYBOX).run("env").run("touch /made");
    RecordedProgress progress = new RecordedProgress();
    StoredImage built;
    try (Engine engine = told()) {
      built = engine.build(image, build -> build.tag("told:1").progress(progress));
    }
    String env = progress.output();
    assertTrue(env.contains("HTTPS_PROXY=" + PROXY + "\n"), env);
    for (String name : TRUST) {
      assertTrue(
          env.contains(name + "=" + TestStore.MACHINE_CERTIFICATES + "\n"), name + " in " + env);
    }
    String config = new String(built.config().bytes(), StandardCharsets.UTF_8);
    assertFalse(config.contains("proxy") || config.contains("CERT"), config);

    RecordedProgress again = new RecordedProgress();
    try (Engine engine = store.builder().open()) {
      assertEquals(built.id(), engine.build(image, build -> build.progress(again)).id());
      assertEquals(0, again.containers(), "neither is part of a key");
      String files =
          "find / -xdev -newer /bin/busybox -type f -not -path '/proc/*' -not -path '/sys/*'";
      String left = Result.sh(engine, Specs.alone(built.id()), files + "; ls /etc/ssl 2>&1; env");
      assertFalse(left.contains("ca-certificates") || left.contains("proxy"), left);
    }
  }

  @Test
  void proxyAndCertificates_ofAContainer_areSeen() {
    try (Engine engine = told()) {
      String env = Result.sh(engine, Specs.busybox(), "env; head -c 200 $SSL_CERT_FILE");
      assertTrue(env.contains("HTTPS_PROXY=" + PROXY), env);
      assertTrue(env.contains("CERTIFICATE"), env);
    }
  }

  @Test
  void certificates_ofAContainer_cannotBeWritten() {
    try (Engine engine = told()) {
      Result result =
          Result.of(engine, Specs.busybox().command("sh", "-c", "echo x >> $SSL_CERT_FILE"));
      assertTrue(result.err().contains("Read-only file system"), result.err());
    }
  }

  private static Engine told() {
    Path bundle = TestStore.MACHINE_CERTIFICATES;
    return store.builder().trust(bundle).proxy(Map.of("HTTPS_PROXY", PROXY)).open();
  }
}
