package io.jollyboat.build;

import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileNames;
import io.jollyboat.spi.host.MergedTree;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The digests of a context's files, remembered by inode, size and times, so that a file that did
 * not change is not read again, in this process or a later one. A file that changed a moment ago is
 * not remembered: it could change once more within the same tick of the file system's clock. Safe
 * for use by several threads.
 */
final class ContextDigests implements FileDigests {
  private static final long MOMENT_NANOS = 50_000_000L;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final Path file;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private volatile boolean loaded;
  private volatile boolean changed;

  /**
   * @param file where they are kept between processes; its directory exists
   */
  ContextDigests(Path file) {
    this.file = file;
  }

  private record Known(ContextTree.Stamp stamp, Digest digest) {}

  @Override
  public Digest digest(MergedTree tree, String path) throws IOException {
    Optional<ContextTree.Stamp> stamp = ((ContextTree) tree).stamp(path);
    if (stamp.isEmpty()) {
      throw new NoSuchFileException(path);
    }
    load();
    Known before = known.get(path);
    if (before != null && before.stamp().equals(stamp.get())) {
      return before.digest();
    }
    Digest digest = FileDigests.read(tree, path);
    if (isSettled(stamp.get())) {
      known.put(path, new Known(stamp.get(), digest));
      changed = true;
    }
    return digest;
  }

  private static boolean isSettled(ContextTree.Stamp stamp) {
    long now = System.currentTimeMillis() * 1_000_000L;
    boolean coarse = stamp.changedNanos() % SECOND_NANOS == 0;
    return now - stamp.changedNanos() > (coarse ? 2 * SECOND_NANOS : MOMENT_NANOS);
  }

  private synchronized void load() throws IOException {
    if (loaded) {
      return;
    }
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        read(FileNames.decode(line.getBytes(StandardCharsets.ISO_8859_1)));
      }
    } catch (NoSuchFileException e) {
      known.clear(); // the first build of this context
    }
    loaded = true;
  }

  /** A line that cannot be read is one digest that has to be made again. */
  private void read(String line) {
    String[] fields = line.split(" ", 6);
    if (fields.length == 6) {
      try {
        ContextTree.Stamp stamp =
            new ContextTree.Stamp(
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]));
        known.put(fields[5], new Known(stamp, Digest.ofSha256(fields[4])));
      } catch (IllegalArgumentException e) {
        changed = true; // and the file is written anew
      }
    }
  }

  /** Keeps what is new for later processes. Names with an end of a line are not kept. */
  synchronized void save() throws IOException {
    if (!changed) {
      return;
    }
    replace(
        file,
        out -> {
          for (Map.Entry<String, Known> one : known.entrySet()) {
            if (one.getKey().indexOf('\n') < 0 && one.getKey().indexOf('\r') < 0) {
              out.write(FileNames.encode(line(one.getKey(), one.getValue())));
            }
          }
        });
    changed = false;
  }

  private static String line(String path, Known one) {
    ContextTree.Stamp stamp = one.stamp();
    return stamp.inode()
        + " "
        + stamp.size()
        + " "
        + stamp.modifiedNanos()
        + " "
        + stamp.changedNanos()
        + " "
        + one.digest().hex()
        + " "
        + path
        + "\n";
  }

  /** Writes a file. */
  interface Writing {
    void to(OutputStream out) throws IOException;
  }

  static void replace(Path file, byte[] content) throws IOException {
    replace(file, out -> out.write(content));
  }

  /** Replaces a file so that a reader sees the old or the new content, never a part. */
  private static void replace(Path file, Writing content) throws IOException {
    Path temporary = Files.createTempFile(file.getParent(), ".new", "");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
        content.to(out);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
