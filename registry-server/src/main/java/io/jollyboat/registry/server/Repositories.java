package io.jollyboat.registry.server;

import io.jollyboat.oci.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which repositories there are, and what each has. Safe for use by several threads. */
final class Repositories {
  /** A stored manifest or index. */
  static final class StoredManifest {
    private final Digest digest;
    private final String mediaType;
    private final byte[] content;

    StoredManifest(Digest digest, String mediaType, byte[] content) {
      this.digest = digest;
      this.mediaType = mediaType;
      this.content = content.clone();
    }

    Digest digest() {
      return digest;
    }

    String mediaType() {
      return mediaType;
    }

    byte[] content() {
      return content.clone();
    }
  }

  private static final class Repository {
    private final Map<Digest, StoredManifest> manifests = new TreeMap<>();
    private final Map<String, Digest> tags = new TreeMap<>();
    private final Set<Digest> blobs = new TreeSet<>();
  }

  private final Map<String, Repository> repositories = new TreeMap<>();
  private final Optional<RepositoryFiles> files;

  /**
   * @param files where all is kept besides; what is there is there again
   */
  Repositories(Optional<RepositoryFiles> files) {
    this.files = files;
    files.ifPresent(kept -> kept.readInto(this));
  }

  synchronized void restore(String name, StoredManifest manifest) {
    made(name).manifests.put(manifest.digest(), manifest);
  }

  synchronized void restore(String name, String tag, Digest digest) {
    made(name).tags.put(tag, digest);
  }

  synchronized void restore(String name, Digest blob) {
    made(name).blobs.add(blob);
  }

  private Repository existing(String name) {
    return repositories.getOrDefault(name, new Repository());
  }

  private Repository made(String name) {
    return repositories.computeIfAbsent(name, key -> new Repository());
  }

  synchronized List<String> names() {
    return List.copyOf(repositories.keySet());
  }

  synchronized Optional<List<String>> tags(String name) {
    return Optional.ofNullable(repositories.get(name)).map(r -> List.copyOf(r.tags.keySet()));
  }

  /** By tag or digest. */
  synchronized Optional<StoredManifest> manifest(String name, String reference) {
    Repository repository = existing(name);
    Digest digest =
        reference.indexOf(':') >= 0 ? Digest.parse(reference) : repository.tags.get(reference);
    return Optional.ofNullable(digest).map(repository.manifests::get);
  }

  /** All that a repository has, in the order of their digests. */
  synchronized List<StoredManifest> manifests(String name) {
    return List.copyOf(existing(name).manifests.values());
  }

  synchronized void putManifest(String name, String reference, StoredManifest manifest) {
    files.ifPresent(kept -> kept.writeManifest(name, manifest));
    restore(name, manifest);
    if (reference.indexOf(':') < 0) {
      files.ifPresent(kept -> kept.writeTag(name, reference, manifest.digest()));
      restore(name, reference, manifest.digest());
    }
  }

  /** A tag alone, or a manifest with all its tags. */
  synchronized boolean deleteManifest(String name, String reference) {
    Repository repository = existing(name);
    if (reference.indexOf(':') < 0) {
      return deleteTag(name, repository, reference);
    }
    Digest digest = Digest.parse(reference);
    for (Map.Entry<String, Digest> tag : Map.copyOf(repository.tags).entrySet()) {
      if (tag.getValue().equals(digest)) {
        boolean unused = deleteTag(name, repository, tag.getKey());
      }
    }
    files.ifPresent(kept -> kept.deleteManifest(name, digest));
    return repository.manifests.remove(digest) != null;
  }

  private boolean deleteTag(String name, Repository repository, String tag) {
    boolean known = repository.tags.remove(tag) != null;
    if (known) {
      files.ifPresent(kept -> kept.deleteTag(name, tag));
    }
    return known;
  }

  synchronized boolean hasBlob(String name, Digest digest) {
    return existing(name).blobs.contains(digest);
  }

  synchronized void addBlob(String name, Digest digest) {
    files.ifPresent(kept -> kept.writeBlob(name, digest));
    restore(name, digest);
  }

  synchronized boolean deleteBlob(String name, Digest digest) {
    files.ifPresent(kept -> kept.deleteBlob(name, digest));
    return existing(name).blobs.remove(digest);
  }
}
