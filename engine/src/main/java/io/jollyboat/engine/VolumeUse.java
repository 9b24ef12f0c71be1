package io.jollyboat.engine;

import io.jollyboat.StoreException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The volumes of one container, as its directory's file {@code volumes} says for all engines.
 * Immutable.
 *
 * @param named names of volumes that outlive it
 * @param anonymous names of its own volumes, by the paths where it sees them
 */
record VolumeUse(Collection<String> named, Map<String, String> anonymous) {
  private static final String FILE = "volumes";
  private static final String NAMED = "named ";
  private static final String ANONYMOUS = "anonymous ";

  VolumeUse {
    named = java.util.List.copyOf(named);
    anonymous = Map.copyOf(anonymous);
  }

  boolean has(String volume) {
    return named.contains(volume) || anonymous.containsValue(volume);
  }

  /** Of a container without volumes too. */
  static VolumeUse read(Path container) {
    if (!Files.exists(container.resolve(FILE))) {
      return new VolumeUse(java.util.List.of(), Map.of()); // the usual, and cheaper than a failure
    }
    Map<String, String> anonymous = new TreeMap<>();
    Collection<String> named = new java.util.ArrayList<>();
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(container.resolve(FILE))) {
      properties.load(in);
    } catch (NoSuchFileException e) {
      return new VolumeUse(named, anonymous);
    } catch (IOException e) {
      throw new StoreException("the volumes of container " + container + " are unknown: " + e, e);
    }
    for (String key : properties.stringPropertyNames()) {
      if (key.startsWith(NAMED)) {
        named.add(key.substring(NAMED.length()));
      } else if (key.startsWith(ANONYMOUS)) {
        anonymous.put(key.substring(ANONYMOUS.length()), properties.getProperty(key));
      }
    }
    return new VolumeUse(named, anonymous);
  }

  void write(Path container) {
    Properties properties = new Properties();
    named.forEach(name -> properties.setProperty(NAMED + name, ""));
    anonymous.forEach((target, name) -> properties.setProperty(ANONYMOUS + target, name));
    StringWriter text = new StringWriter();
    try {
      properties.store(text, null);
      Path staged = container.resolve(FILE + ".new");
      Files.writeString(staged, text.toString());
      Files.move(staged, container.resolve(FILE), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StoreException("cannot note the volumes of container " + container + ": " + e, e);
    }
  }
}
