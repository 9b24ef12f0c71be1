package io.jollyboat.store;

import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.host.FileLocks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Repositories that are known to have a blob, so that a push to another one of the same registry
 * can mount it from there. Safe for use by several threads.
 */
public final class BlobSources {
  private static final int MOST = 32;

  private final StoreFiles files;

  BlobSources(StoreFiles files) {
    this.files = files;
  }

  /** Remembers that the repository of a reference has a blob. */
  public void add(Digest blob, ImageReference repository) {
    String name = name(repository);
    if (read(blob).stream().findFirst().filter(name::equals).isEmpty()) {
      change(blob, name, true);
    }
  }

  /** Forgets what turned out to be wrong. */
  public void remove(Digest blob, ImageReference repository) {
    change(blob, name(repository), false);
  }

  /** The repositories, the one learnt last first; tags mean nothing. */
  public List<ImageReference> of(Digest blob) {
    return read(blob).stream().map(ImageReference::parse).toList();
  }

  void forget(Digest blob) {
    files.delete(path(blob));
  }

  private void change(Digest blob, String name, boolean present) {
    FileLocks.Lock lock = files.lock("sources");
    try {
      List<String> names = new ArrayList<>(read(blob));
      names.remove(name);
      if (present) {
        names.add(0, name);
      }
      String text = String.join("\n", names.subList(0, Math.min(MOST, names.size())));
      files.replace(path(blob), text.getBytes(StandardCharsets.UTF_8));
    } finally {
      lock.close();
    }
  }

  private List<String> read(Digest blob) {
    return files
        .read(path(blob))
        .map(content -> new String(content, StandardCharsets.UTF_8).lines().toList())
        .orElse(List.of());
  }

  private Path path(Digest blob) {
    return files.path("sources", blob.algorithm() + "-" + blob.hex());
  }

  private static String name(ImageReference reference) {
    return reference.domain() + "/" + reference.path();
  }
}
