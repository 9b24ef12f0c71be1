package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.Verification.Finding;
import io.jollyboat.Verification.Kind;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileLocks;
import java.util.List;

/** Looks whether what names, images and the build cache stand for is there. */
final class ReferenceCheck {
  private final ImageIndex images;
  private final BlobStore blobs;
  private final BuildCache cache;
  private final boolean repairs;

  ReferenceCheck(ImageIndex images, BlobStore blobs, BuildCache cache, boolean repairs) {
    this.images = images;
    this.blobs = blobs;
    this.cache = cache;
    this.repairs = repairs;
  }

  void find(List<Finding> findings) {
    FileLocks.Lock lock = images.lock();
    try {
      names(findings);
      images.ids().forEach(id -> manifests(id, findings));
    } finally {
      lock.close();
    }
    for (Digest key : cache.malformed()) {
      findings.add(
          finding(
              Kind.REFERENCE_BROKEN,
              key.toString(),
              "the build cache's entry for " + key + " cannot be read"));
      if (repairs) {
        cache.forget(key);
      }
    }
  }

  private void names(List<Finding> findings) {
    ImageNames names = images.names();
    for (String name : names.broken(images::exists)) {
      findings.add(
          finding(
              Kind.REFERENCE_BROKEN, name, "the name " + name + " is that of no image any more"));
    }
    for (Digest index : names.indexes()) {
      if (blobs.find(index).isEmpty()) {
        findings.add(
            finding(
                Kind.BLOB_MISSING,
                index.toString(),
                "the index " + index + " of several platforms is missing"));
      }
    }
    if (repairs && names.mend(images::exists, index -> blobs.find(index).isPresent())) {
      images.write(names);
    }
  }

  private void manifests(ImageId id, List<Finding> findings) {
    for (Digest manifest : images.manifests(id)) {
      if (blobs.find(manifest).isEmpty()) {
        findings.add(
            finding(
                Kind.BLOB_MISSING,
                manifest.toString(),
                "the manifest " + manifest + " of image " + id + " is missing: a push makes one"));
        if (repairs) {
          new ImageRetention(images).forgetManifest(id, manifest);
        }
      }
    }
  }

  private Finding finding(Kind kind, String subject, String message) {
    return new Finding(kind, subject, message, List.of(), repairs);
  }
}
