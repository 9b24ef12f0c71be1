package io.jollyboat.engine;

import io.jollyboat.ContainerId;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ImageId;
import io.jollyboat.Mount;
import io.jollyboat.StoreException;
import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * What other engines on a root may know of a container. Immutable.
 *
 * @param engine the id of the engine that made it
 * @param mountedImages what names the images that are mounted in it
 */
record ContainerRecord(
    ContainerId id,
    String name,
    String engine,
    ImageId image,
    List<String> mountedImages,
    Instant created,
    boolean detached) {
  ContainerRecord {
    mountedImages = List.copyOf(mountedImages);
  }

  static final String FILE = "record";

  static ContainerRecord of(
      ContainerId id, ContainerSpec spec, String engine, ImageId image, Instant created) {
    String name = spec.name().orElse(ownName(id));
    List<String> mounted =
        spec.mounts().stream()
            .map(Mount::source)
            .filter(Mount.Source.Image.class::isInstance)
            .map(source -> ((Mount.Source.Image) source).reference())
            .toList();
    return new ContainerRecord(id, name, engine, image, mounted, created, spec.outlivesEngine());
  }

  private static String ownName(ContainerId id) {
    return "jolly-" + id.shortHex();
  }

  /** Whether the name is not just made of the id. */
  boolean nameIsChosen() {
    return !name.equals(ownName(id));
  }

  ContainerRecord named(String name) {
    String checked = ContainerSpec.of(image).name(name).name().orElseThrow();
    return new ContainerRecord(id, checked, engine, image, mountedImages, created, detached);
  }

  void write(Path directory) throws IOException {
    Files.move(staged(directory), directory.resolve(FILE));
  }

  /** Writes it in place of what was there, as a whole. */
  void replace(Path directory) throws IOException {
    Files.move(staged(directory), directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path staged(Path directory) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("id", id.hex());
    properties.setProperty("name", name);
    properties.setProperty("engine", engine);
    properties.setProperty("image", image.toString());
    properties.setProperty("mounted", String.join("\n", mountedImages));
    properties.setProperty("created", created.toString());
    properties.setProperty("detached", Boolean.toString(detached));
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Path staged = directory.resolve(FILE + ".new");
    return Files.writeString(staged, text.toString());
  }

  /** Empty for a directory that is being made or deleted. */
  static Optional<ContainerRecord> read(Path directory) {
    try (Reader in = Files.newBufferedReader(directory.resolve(FILE))) {
      Properties properties = new Properties();
      properties.load(in);
      return Optional.of(
          new ContainerRecord(
              new ContainerId(properties.getProperty("id", "")),
              properties.getProperty("name", ""),
              properties.getProperty("engine", ""),
              new ImageId(Digest.parse(properties.getProperty("image", ""))),
              properties.getProperty("mounted", "").lines().toList(),
              Instant.parse(properties.getProperty("created", "")),
              Boolean.parseBoolean(properties.getProperty("detached", ""))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      throw new StoreException("the record of container " + directory + " cannot be read: " + e, e);
    }
  }
}
