package io.jollyboat.it;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.Registry;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A registry that has one document and counts what else it is asked for. */
final class OneManifest implements Registry {
  private final String mediaType;
  private final byte[] document;
  final List<Descriptor> asked = new ArrayList<>();

  OneManifest(String mediaType, byte[] document) {
    this.mediaType = mediaType;
    this.document = document;
  }

  @Override
  public Optional<Descriptor> resolve(ImageReference reference) {
    return Optional.of(Descriptor.of(mediaType, Digest.sha256(document), document.length));
  }

  @Override
  public byte[] manifest(ImageReference repository, Descriptor manifest) {
    return document.clone();
  }

  @Override
  public InputStream blob(ImageReference repository, Descriptor blob, long offset) {
    asked.add(blob);
    return InputStream.nullInputStream();
  }

  @Override
  public boolean mount(ImageReference from, ImageReference to, Descriptor blob) {
    throw new UnsupportedOperationException("only pulled from");
  }

  @Override
  public void pushBlob(ImageReference repository, Descriptor blob, InputStream content) {
    throw new UnsupportedOperationException("only pulled from");
  }

  @Override
  public Digest pushManifest(ImageReference reference, String type, byte[] manifest) {
    throw new UnsupportedOperationException("only pulled from");
  }
}
