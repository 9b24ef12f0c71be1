package io.jollyboat.engine;

import io.jollyboat.Artifact;
import io.jollyboat.ConflictException;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.PackageList;
import io.jollyboat.Pushed;
import io.jollyboat.Statement;
import io.jollyboat.StoredImage;
import io.jollyboat.build.packages.PackageScan;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.json.JsonText;
import io.jollyboat.spi.Registry;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.Layer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What is known about images beyond themselves. Safe for use by several threads. */
final class Statements {
  private static final String STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
  private static final String PREDICATE_TYPE = "https://slsa.dev/provenance/v1";

  private final ImageStore store;
  private final LayerTrees trees;

  Statements(ImageStore store, LayerTrees trees) {
    this.store = store;
    this.trees = trees;
  }

  PackageList packages(String nameOrId) {
    return packages(required(nameOrId));
  }

  private PackageList packages(StoredImage image) {
    FileLocks.Lock lease = store.lease();
    try {
      List<Path> topFirst = new ArrayList<>();
      store.layers().chain(image.config().diffIds()).stream()
          .map(Layer::tree)
          .forEach(topFirst::add);
      Collections.reverse(topFirst);
      try (MergedTree tree = trees.merge(topFirst)) {
        return PackageScan.of(image, tree);
      }
    } finally {
      lease.close();
    }
  }

  String json(String nameOrId, Statement statement) {
    StoredImage image = required(nameOrId);
    if (statement != Statement.PROVENANCE) {
      return bill(packages(image), statement);
    }
    byte[] predicate = predicate(image);
    String name =
        image.names().stream()
            .findFirst()
            .map(ImageReference::repository)
            .orElse(image.id().toString());
    return provenance(predicate, name, store.images().manifestFor(image.id()).digest());
  }

  private static String bill(PackageList list, Statement statement) {
    return statement == Statement.SPDX ? list.spdx() : list.cycloneDx();
  }

  private static String provenance(byte[] predicate, String name, Digest manifest) {
    Map<String, Object> subject = new LinkedHashMap<>();
    subject.put("name", name);
    subject.put("digest", Map.of(manifest.algorithm(), manifest.hex()));
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("_type", STATEMENT_TYPE);
    whole.put("subject", List.of(subject));
    whole.put("predicateType", PREDICATE_TYPE);
    whole.put("predicate", JsonText.parse(predicate));
    return JsonText.write(whole);
  }

  private byte[] predicate(StoredImage image) {
    return store
        .facts()
        .provenance(image.id())
        .orElseThrow(
            () ->
                new ConflictException(
                    "nothing is kept of how image "
                        + image.id()
                        + " was built: build it with provenance()",
                    image.id().toString()));
  }

  /** Fails where a statement cannot be made, before anything is sent. */
  void check(ImageReference name, Set<Statement> wanted) {
    if (wanted.contains(Statement.PROVENANCE)) {
      for (StoredImage image : store.platforms().of(name)) {
        byte[] unused = predicate(image);
      }
    }
  }

  /** Attaches statements to what was pushed, of an index to the image of each platform. */
  void attach(Registry registry, Pushed pushed, Set<Statement> wanted) {
    if (wanted.isEmpty()) {
      return;
    }
    Map<StoredImage, Digest> manifests = new LinkedHashMap<>();
    for (StoredImage image : store.platforms().of(pushed.reference())) {
      manifests.put(image, store.images().manifestFor(image.id()).digest());
    }
    boolean one = manifests.containsValue(pushed.digest());
    manifests.forEach(
        (image, digest) -> {
          if (!one || digest.equals(pushed.digest())) {
            attach(registry, pushed.reference().withDigest(digest), image, wanted);
          }
        });
  }

  private void attach(
      Registry registry, ImageReference exact, StoredImage image, Set<Statement> wanted) {
    Descriptor subject = registry.resolve(exact).orElseThrow(() -> gone(exact));
    PackageList list = packages(image);
    for (Statement statement : new TreeSet<>(wanted)) {
      String json =
          statement == Statement.PROVENANCE
              ? provenance(predicate(image), exact.repository(), subject.digest())
              : bill(list, statement);
      Artifact artifact =
          Artifact.of(statement.mediaType())
              .blob(statement.mediaType(), json.getBytes(StandardCharsets.UTF_8));
      if (statement == Statement.PROVENANCE) {
        artifact = artifact.annotation("in-toto.io/predicate-type", PREDICATE_TYPE);
      }
      Descriptor unused = new Attachments(registry).attach(exact, subject, artifact);
    }
  }

  private StoredImage required(String nameOrId) {
    return store
        .images()
        .find(nameOrId)
        .orElseThrow(
            () ->
                new ImageNotFoundException(
                    "the store has no image \"" + nameOrId + "\"", nameOrId));
  }

  private static ImageNotFoundException gone(ImageReference name) {
    return new ImageNotFoundException(
        "the registry no longer has " + name + ", which was just pushed", name.toString());
  }
}
