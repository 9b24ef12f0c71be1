package io.jollyboat.store;

import io.jollyboat.JollyboatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a tar archive. A plain file on disk is read where it lies; of a stream, and of a
 * compressed archive, the files are written to the store's temporary directory first, since they
 * come in any order. Links are followed among the archive's own names only. Not safe for use by
 * several threads.
 */
final class TarMembers implements Members {
  private static final int MOST = 100_000;
  private static final int MOST_LINKS = 8;
  private static final int CHUNK = 128 * 1024;

  private final Path directory;
  private final StoreFiles files;
  private final Map<String, Member> members = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();
  private final ArchiveLimits limits = new ArchiveLimits();
  private long spooled;
  private final Optional<FileChannel> file;

  private TarMembers(StoreFiles files, Optional<FileChannel> file) throws IOException {
    this.files = files;
    this.file = file;
    this.directory = Files.createDirectory(files.newTemporary());
  }

  /** Reads an archive's headers, and its contents too if it is compressed. */
  static TarMembers of(StoreFiles files, Path archive) throws IOException {
    FileChannel channel = FileChannel.open(archive);
    TarMembers opened = null;
    try {
      opened = new TarMembers(files, Optional.of(channel));
      FilePiece whole = new FilePiece(channel, 0, channel.size());
      if (Compression.isCompressed(new FilePiece(channel, 0, channel.size()))) {
        opened.spool(whole);
      } else {
        opened.index(channel, whole);
      }
      return opened;
    } catch (IOException | RuntimeException e) {
      if (opened == null) {
        channel.close();
      } else {
        opened.close();
      }
      throw e;
    }
  }

  /** Reads an archive, compressed or not, to its end. */
  static TarMembers of(StoreFiles files, InputStream archive) throws IOException {
    TarMembers opened = new TarMembers(files, Optional.empty());
    try {
      opened.spool(archive);
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void spool(InputStream archive) throws IOException {
    TarReader tar = new TarReader(Compression.bounded(archive));
    for (Optional<TarHeader> next = tar.next(); next.isPresent(); next = tar.next()) {
      TarHeader header = next.get();
      if (isFile(header)) {
        refuseHoles(tar, header);
        add(header, copy(header, tar.content()));
      }
    }
  }

  private void index(FileChannel channel, FilePiece archive) throws IOException {
    TarReader tar = new TarReader(archive);
    for (Optional<TarHeader> next = tar.next(); next.isPresent(); next = tar.next()) {
      TarHeader header = next.get();
      if (!isFile(header)) {
        continue;
      }
      refuseHoles(tar, header);
      long start = archive.position();
      if (start + header.size() > channel.size()) {
        throw new IOException("the archive ends in the middle of \"" + header.name() + "\"");
      } else {
        add(header, () -> new FilePiece(channel, start, header.size()));
      }
    }
  }

  /** A hole of any size is a few bytes in an archive. */
  private static void refuseHoles(TarReader tar, TarHeader header) throws IOException {
    if (!tar.isStoredPlainly()) {
      throw new IOException(
          "\"" + header.name() + "\" is a sparse file, which no image's archive has");
    }
  }

  /** Remembers links, passes over what has no content, and refuses what has no place here. */
  private boolean isFile(TarHeader header) throws IOException {
    StoreFiles.checkInterrupt("reading an archive of images");
    limits.entry(header);
    String name = LayerUnpacker.path(header.name());
    switch (header.type()) {
      case '0' -> {
        return true;
      }
      case '1' -> addLink(name, LayerUnpacker.path(header.link()));
      case '2' -> addLink(name, target(name, header.link()));
      case '5', 'V' -> {}
      default ->
          throw new IOException(
              "\"" + name + "\" is of type '" + header.type() + "', which no image's archive has");
    }
    return false;
  }

  private void addLink(String name, String target) throws IOException {
    checkNew(name);
    links.put(name, target);
  }

  private void add(TarHeader header, Opener content) throws IOException {
    String name = LayerUnpacker.path(header.name());
    checkNew(name);
    members.put(name, new Member(name, header.size(), content));
  }

  /** Two of one name are two answers to one question. */
  private void checkNew(String name) throws IOException {
    if (members.containsKey(name) || links.containsKey(name)) {
      throw new IOException("\"" + name + "\" is there twice");
    }
    if (members.size() + links.size() >= MOST) {
      throw new IOException("more than " + MOST + " files, which no image's archive has");
    }
  }

  /** Where a symbolic link leads, by names alone. */
  private static String target(String name, String link) throws IOException {
    if (link.startsWith("/")) {
      throw new IOException("\"" + name + "\" is a link out of the archive: " + link);
    }
    String path = name.substring(0, name.lastIndexOf('/') + 1) + link;
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        if (parts.pollLast() == null) {
          throw new IOException("\"" + name + "\" is a link out of the archive: " + link);
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }

  private Opener copy(TarHeader header, InputStream content) throws IOException {
    Path copy = directory.resolve(Long.toString(spooled++));
    long count = 0;
    byte[] chunk = new byte[CHUNK];
    try (Spool out = new Spool(copy)) {
      for (int some = content.read(chunk); some >= 0; some = content.read(chunk)) {
        StoreFiles.checkInterrupt("reading an archive of images");
        out.write(chunk, some);
        count += some;
      }
    }
    if (count != header.size()) {
      throw new IOException("the archive ends in the middle of \"" + header.name() + "\"");
    }
    return () -> Files.newInputStream(copy);
  }

  @Override
  public Optional<Member> find(String name) throws IOException {
    String path = LayerUnpacker.path(name);
    for (int followed = 0; links.containsKey(path); followed++) {
      if (followed == MOST_LINKS) {
        throw new IOException("\"" + name + "\" is a link to links without end");
      }
      path = links.getOrDefault(path, path);
    }
    return Optional.ofNullable(members.get(path));
  }

  @Override
  public void close() {
    try {
      if (file.isPresent()) {
        file.get().close();
      }
    } catch (IOException e) {
      throw StoreFiles.failure("an archive cannot be closed", e);
    } finally {
      files.trees().delete(directory);
    }
  }

  /** Writes a copy; what fails here is the store's fault, not the archive's. */
  private static final class Spool implements AutoCloseable {
    private final Path path;
    private final OutputStream out;

    Spool(Path path) {
      this.path = path;
      try {
        this.out = Files.newOutputStream(path);
      } catch (IOException e) {
        throw failed(e);
      }
    }

    void write(byte[] bytes, int count) {
      try {
        out.write(bytes, 0, count);
      } catch (IOException e) {
        throw failed(e);
      }
    }

    private JollyboatException failed(IOException e) {
      return StoreFiles.failure("an archive's content cannot be written to " + path, e);
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }
}
