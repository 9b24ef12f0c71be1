package io.jollyboat.build;

import io.jollyboat.BuildSpec;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * How an image was built: the predicate of SLSA provenance v1. Values of secrets are nowhere, and
 * those of proxies, which may hold passwords, are left out.
 */
final class Provenance {
  private static final String BUILD_TYPE = "urn:jollyboat:build:v1";
  private static final String BUILDER = "urn:jollyboat:engine";

  private final Build build;
  private final List<BuildStage> stages;
  private final Instant started;

  Provenance(Build build, List<BuildStage> stages, Instant started) {
    this.build = build;
    this.stages = stages;
    this.started = started;
  }

  /**
   * @param result what was built
   */
  byte[] predicate(ImageId result) {
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put("buildDefinition", definition());
    predicate.put("runDetails", details(result));
    return JsonText.write(predicate).getBytes(StandardCharsets.UTF_8);
  }

  private Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("buildType", BUILD_TYPE);
    definition.put("externalParameters", parameters());
    definition.put("internalParameters", Map.of());
    List<Object> materials = new ArrayList<>();
    build.materials().images().forEach((name, image) -> materials.add(material(name, image)));
    definition.put("resolvedDependencies", materials);
    return definition;
  }

  private Map<String, Object> parameters() {
    BuildSpec spec = build.spec();
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("platform", build.platform().toString());
    Map<String, String> arguments = new TreeMap<>(spec.args());
    arguments.keySet().removeIf(Variables::isProxy);
    parameters.put("arguments", arguments);
    parameters.put("secrets", List.copyOf(new TreeSet<>(spec.secrets().keySet())));
    parameters.put("ssh", List.copyOf(new TreeSet<>(spec.sshAgents().keySet())));
    spec.timestamp().ifPresent(time -> parameters.put("timestamp", seconds(time)));
    List<Object> told = new ArrayList<>();
    for (BuildStage stage : stages) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", stage.name());
      one.put("from", new FromText(stage).text());
      List<String> steps = new ArrayList<>();
      for (Image.Step step : stage.steps()) {
        steps.add(StageBuild.text(step));
      }
      one.put("steps", steps);
      told.add(one);
    }
    parameters.put("stages", told);
    return parameters;
  }

  /** A resource descriptor of in-toto. */
  private static Map<String, Object> material(String nameAndPlatform, StoredImage image) {
    String name = nameAndPlatform.substring(0, nameAndPlatform.indexOf(' '));
    Map<String, Object> material = new LinkedHashMap<>();
    material.put("name", name);
    Materials.manifest(name, image)
        .ifPresent(digest -> material.put("digest", Map.of(digest.algorithm(), digest.hex())));
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("imageId", image.id().toString());
    facts.put("platform", image.platform().toString());
    material.put("annotations", facts);
    return material;
  }

  private Map<String, Object> details(ImageId result) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("invocationId", "urn:uuid:" + UUID.randomUUID());
    metadata.put("startedOn", seconds(started));
    metadata.put("finishedOn", seconds(Instant.now()));
    Map<String, Object> byproduct = new LinkedHashMap<>();
    byproduct.put("name", "image-configuration");
    byproduct.put("digest", Map.of(result.digest().algorithm(), result.digest().hex()));
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("builder", Map.of("id", BUILDER));
    details.put("metadata", metadata);
    details.put("byproducts", List.of(byproduct));
    return details;
  }

  private static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
