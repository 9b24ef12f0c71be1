package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Image;
import io.jollyboat.Secret;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.oci.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of how an image was built, and what is not. */
class ProvenanceTest {
  private FakeMachine machine;

  @BeforeEach
  void prepare(@TempDir Path temporary) {
    machine = new FakeMachine(temporary);
    machine.base("base", Map.of("etc/", ""), config -> config);
  }

  @Test
  void provenance_saysRecipeArgumentsAndBases_butNoSecrets() {
    Image image = Image.from("base").with(Run.shell("touch /a").secret("token"));
    StoredImage made =
        machine.build(
            image,
            spec ->
                spec.provenance()
                    .secret("token", Secret.of("s3cr3t"))
                    .arg("MODE", "fast")
                    .arg("HTTPS_PROXY", "http://user:passw0rd@proxy"));
    String text = Objects.requireNonNull(machine.provenance.get(made.id()));
    Map<String, Object> predicate = JsonText.parse(text.getBytes(StandardCharsets.UTF_8));

    Map<?, ?> definition = (Map<?, ?>) Objects.requireNonNull(predicate.get("buildDefinition"));
    Map<?, ?> parameters = (Map<?, ?>) Objects.requireNonNull(definition.get("externalParameters"));
    assertEquals(Map.of("MODE", "fast"), parameters.get("arguments"));
    assertEquals(List.of("token"), parameters.get("secrets"));
    List<?> stages = (List<?>) Objects.requireNonNull(parameters.get("stages"));
    assertTrue(stages.get(0).toString().contains("touch /a"), text);
    assertTrue(String.valueOf(definition.get("resolvedDependencies")).contains("name=base"), text);
    assertFalse(text.contains("s3cr3t"), text);
    assertFalse(text.contains("passw0rd"), text);
    assertTrue(
        String.valueOf(predicate.get("runDetails")).contains(made.id().digest().hex()), text);
  }

  @Test
  void provenance_ofAnImageOnAnId_namesIt() {
    StoredImage below = machine.build(Image.from("base").run("touch /a"), spec -> spec);
    Image image = Image.from(below.id()).run("touch /b");
    StoredImage made = machine.build(image, spec -> spec.provenance());
    String text = Objects.requireNonNull(machine.provenance.get(made.id()));

    assertTrue(text.contains("\"name\":\"" + below.id() + "\""), text);
  }

  @Test
  void provenance_notAskedFor_isNotKept() {
    StoredImage unused = machine.build(Image.from("base").run("touch /a"), spec -> spec);
    assertEquals(Map.of(), machine.provenance);
  }
}
