package io.jollyboat.examples;

import io.jollyboat.ContentException;
import io.jollyboat.RegistryException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.Registry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A registry of one's own: images in a directory, such as one that several machines share. Give it
 * to {@code Engine.builder().registry(...)}. Safe for use by several threads and processes.
 */
public final class DirectoryRegistry implements Registry {
  private final Path root;

  public DirectoryRegistry(Path directory) {
    this.root = directory;
  }

  /** {@code blobs}, {@code manifests}, {@code types} or {@code tags} of a repository. */
  private Path file(ImageReference repository, String kind, String name) throws IOException {
    Path directory =
        root.resolve(repository.domain().replace(':', '_'))
            .resolve(repository.path())
            .resolve("_" + kind);
    return Files.createDirectories(directory).resolve(name.replace(':', '-'));
  }

  @Override
  public Optional<Descriptor> resolve(ImageReference reference) {
    try {
      Digest digest =
          reference.digest().isPresent()
              ? reference.digest().get()
              : Digest.parse(text(file(reference, "tags", reference.tag().orElseThrow())));
      Path manifest = file(reference, "manifests", digest.toString());
      String type = text(file(reference, "types", digest.toString()));
      return Optional.of(Descriptor.of(type, digest, Files.size(manifest)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("looking up " + reference, e);
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  @Override
  public byte[] manifest(ImageReference repository, Descriptor manifest) {
    try {
      return Files.readAllBytes(file(repository, "manifests", manifest.digest().toString()));
    } catch (IOException e) {
      throw failed("reading " + manifest + " of " + repository, e);
    }
  }

  @Override
  public InputStream blob(ImageReference repository, Descriptor blob, long offset) {
    try {
      Path file = file(repository, "blobs", blob.digest().toString());
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      return Channels.newInputStream(channel.position(offset));
    } catch (IOException e) {
      throw failed("reading " + blob + " of " + repository, e);
    }
  }

  @Override
  public boolean mount(ImageReference from, ImageReference to, Descriptor blob) {
    try {
      Path target = file(to, "blobs", blob.digest().toString());
      Path source = file(from, "blobs", blob.digest().toString());
      if (!Files.exists(target) && Files.exists(source)) {
        Files.createLink(target, source);
      }
      return Files.exists(target);
    } catch (FileAlreadyExistsException e) {
      return true;
    } catch (IOException e) {
      throw failed("mounting " + blob + " in " + to, e);
    }
  }

  @Override
  public void pushBlob(ImageReference repository, Descriptor blob, InputStream content) {
    try {
      Path part = Files.createTempFile(file(repository, "blobs", "x").getParent(), ".part", "");
      try {
        MessageDigest hasher = blob.digest().hasher();
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(part), hasher)) {
          content.transferTo(out);
        }
        Digest actual = Digest.of(hasher);
        if (!actual.equals(blob.digest())) {
          throw new ContentException(
              blob + " was pushed with the digest " + actual, blob.digest(), null);
        }
        move(part, file(repository, "blobs", blob.digest().toString()));
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw failed("writing " + blob + " to " + repository, e);
    }
  }

  private static void move(Path part, Path target) throws IOException {
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public Digest pushManifest(ImageReference reference, String mediaType, byte[] manifest) {
    Digest digest = Digest.sha256(manifest);
    try {
      write(
          file(reference, "types", digest.toString()), mediaType.getBytes(StandardCharsets.UTF_8));
      write(file(reference, "manifests", digest.toString()), manifest);
      if (reference.tag().isPresent()) {
        byte[] name = digest.toString().getBytes(StandardCharsets.UTF_8);
        write(file(reference, "tags", reference.tag().get()), name);
      }
      return digest;
    } catch (IOException e) {
      throw failed("writing the manifest of " + reference, e);
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    Path part = Files.createTempFile(file.getParent(), ".part", "");
    Files.write(part, content);
    move(part, file);
  }

  @Override
  public List<String> tags(ImageReference repository) {
    try (Stream<Path> files = Files.list(file(repository, "tags", "x").getParent())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw failed("listing the tags of " + repository, e);
    }
  }

  @Override
  public boolean delete(ImageReference reference) {
    try {
      if (reference.digest().isEmpty()) {
        return Files.deleteIfExists(file(reference, "tags", reference.tag().orElseThrow()));
      }
      String digest = reference.digest().get().toString();
      for (String tag : tags(reference)) {
        Path file = file(reference, "tags", tag);
        if (text(file).equals(digest)) {
          Files.deleteIfExists(file);
        }
      }
      return Files.deleteIfExists(file(reference, "manifests", digest));
    } catch (IOException e) {
      throw failed("deleting " + reference, e);
    }
  }

  private static RegistryException failed(String what, IOException cause) {
    return new RegistryException(what + " failed: " + cause, 0, List.of(), Optional.empty(), cause);
  }
}
