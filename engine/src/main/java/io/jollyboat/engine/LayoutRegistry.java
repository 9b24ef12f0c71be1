package io.jollyboat.engine;

import io.jollyboat.InterruptedOperationException;
import io.jollyboat.JollyboatException;
import io.jollyboat.StoreException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.spi.Registry;
import java.io.ByteArrayInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * An OCI image layout as a registry that has one index and no names: OCI image-spec, "Image
 * Layout". What is written has its name when it is whole, the index last. Safe for use by several
 * threads.
 */
final class LayoutRegistry implements Registry {
  private static final int MOST_INDEX = 8 << 20;
  private static final String INDEX = "index.json";
  private static final byte[] VERSION =
      "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);

  private final Path directory;
  private volatile Optional<Index> index = Optional.empty();

  LayoutRegistry(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Descriptor> resolve(ImageReference reference) {
    try (InputStream in = Files.newInputStream(directory.resolve(INDEX))) {
      byte[] bytes = in.readNBytes(MOST_INDEX + 1);
      if (bytes.length > MOST_INDEX) {
        throw new StoreException(directory.resolve(INDEX) + " is too long for an index", null);
      }
      index = Optional.of(Index.parse(bytes));
      return index.map(Index::descriptor);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("read", e);
    }
  }

  @Override
  public byte[] manifest(ImageReference repository, Descriptor manifest) {
    Optional<Index> top = index.filter(read -> read.digest().equals(manifest.digest()));
    if (top.isPresent()) {
      return top.get().bytes();
    }
    try (InputStream in = blob(repository, manifest, 0)) {
      return in.readNBytes((int) Math.min(manifest.size() + 1, MOST_INDEX));
    } catch (IOException e) {
      throw failure("read", e);
    }
  }

  @Override
  public InputStream blob(ImageReference repository, Descriptor blob, long offset) {
    Path file = file(blob.digest());
    try {
      if (!Files.isRegularFile(file)) {
        throw new NoSuchFileException(file.toString());
      }
      InputStream in = Files.newInputStream(file);
      in.skipNBytes(offset);
      return in;
    } catch (IOException e) {
      throw failure("read", e);
    }
  }

  @Override
  public boolean mount(ImageReference from, ImageReference to, Descriptor blob) {
    return Files.isRegularFile(file(blob.digest()), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void pushBlob(ImageReference repository, Descriptor blob, InputStream content) {
    write(file(blob.digest()), content);
  }

  @Override
  public Digest pushManifest(ImageReference reference, String mediaType, byte[] manifest) {
    Digest digest = Digest.sha256(manifest);
    if (reference.digest().isPresent()) {
      write(file(digest), new ByteArrayInputStream(manifest));
    } else {
      write(directory.resolve("oci-layout"), new ByteArrayInputStream(VERSION));
      write(directory.resolve(INDEX), new ByteArrayInputStream(manifest));
    }
    return digest;
  }

  private Path file(Digest digest) {
    return directory.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
  }

  private void write(Path file, InputStream content) {
    try {
      Files.createDirectories(file.getParent());
      Path part = Files.createTempFile(directory, ".part", "");
      try {
        try (FileOutputStream out = new FileOutputStream(part.toFile())) {
          content.transferTo(out);
          out.getFD().sync();
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw failure("written", e);
    }
  }

  private JollyboatException failure(String verb, IOException e) {
    if (e instanceof ClosedByInterruptException) {
      Thread.currentThread().interrupt();
      return new InterruptedOperationException("interrupted at the layout " + directory, e);
    }
    return new StoreException("the layout " + directory + " cannot be " + verb + ": " + e, e);
  }
}
