package io.jollyboat.engine;

import io.jollyboat.StoreException;
import io.jollyboat.Volume;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** What a store knows of a volume beside its files. Immutable. */
record VolumeRecord(Map<String, String> labels, Instant created, boolean anonymous) {
  private static final String FILE = "record";
  private static final String LABEL = "label ";

  VolumeRecord {
    labels = Map.copyOf(labels);
  }

  Volume shown(Path volume) {
    return new Volume(
        volume.getFileName().toString(), labels, created, anonymous, volume.resolve("data"));
  }

  void write(Path volume) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("created", created.toString());
    properties.setProperty("anonymous", Boolean.toString(anonymous));
    labels.forEach((name, value) -> properties.setProperty(LABEL + name, value));
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Path staged = volume.resolve(FILE + ".new");
    Files.writeString(staged, text.toString());
    Files.move(staged, volume.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Empty for a volume that is being made or deleted. */
  static Optional<VolumeRecord> read(Path volume) {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(volume.resolve(FILE))) {
      properties.load(in);
      Map<String, String> labels = new TreeMap<>();
      for (String key : properties.stringPropertyNames()) {
        if (key.startsWith(LABEL)) {
          labels.put(key.substring(LABEL.length()), properties.getProperty(key));
        }
      }
      return Optional.of(
          new VolumeRecord(
              labels,
              Instant.parse(properties.getProperty("created", "")),
              Boolean.parseBoolean(properties.getProperty("anonymous", ""))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      throw new StoreException("the record of volume " + volume + " cannot be read: " + e, e);
    }
  }
}
