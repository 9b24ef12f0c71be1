package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jollyboat.SaveSpec;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A store whose images are written to archives and read again. */
abstract class ArchiveFixture extends StoreTest {
  StoredImage image(String name, String... contents) {
    List<Digest> diffIds = new ArrayList<>();
    Optional<Layer> below = Optional.empty();
    for (String content : contents) {
      Layer layer = layer(below, "f" + content, content);
      diffIds.add(layer.diffId());
      below = Optional.of(layer);
    }
    StoredImage image = store.images().add(config(name, diffIds), Optional.empty(), false);
    store.images().tag(image.id(), ImageReference.parse(name));
    return image;
  }

  byte[] saved(UnaryOperator<SaveSpec> options, String... names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.save(List.of(names), out, options.apply(SaveSpec.defaults()));
    return out.toByteArray();
  }

  List<StoredImage> load(byte[] archive) {
    return store.load(new ByteArrayInputStream(archive), config -> {});
  }

  void removeAll() {
    store
        .images()
        .listAll()
        .forEach(i -> store.images().remove(i.id().toString(), id -> List.of()));
    assertEquals(List.of(), store.blobs().list());
    assertEquals(List.of(), store.layers().list());
  }

  static Map<String, byte[]> members(byte[] archive) throws IOException {
    TarReader tar = new TarReader(new ByteArrayInputStream(archive));
    Map<String, byte[]> members = new LinkedHashMap<>();
    for (Optional<TarHeader> next = tar.next(); next.isPresent(); next = tar.next()) {
      if (next.get().type() == '0') {
        members.put(next.get().name(), tar.content().readAllBytes());
      }
    }
    return members;
  }

  static byte[] archive(Map<String, byte[]> members) {
    TarBuilder tar = new TarBuilder();
    members.forEach((name, content) -> tar.member('0', name, "", content));
    return tar.finished();
  }

  static Descriptor put(Map<String, byte[]> members, byte[] blob) {
    Digest digest = Digest.sha256(blob);
    members.put("blobs/sha256/" + digest.hex(), blob);
    return Descriptor.of("application/octet-stream", digest, blob.length);
  }
}
