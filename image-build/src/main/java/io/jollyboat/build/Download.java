package io.jollyboat.build;

import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A file that ADD fetches by http or https: mode 0600, the time that the server tells. Closing it
 * deletes it. Immutable.
 */
final class Download implements AutoCloseable {
  private final BuildStore.Changes place;
  private final Path file;
  private final Item item;

  private Download(BuildStore.Changes place, Path file, Item item) {
    this.place = place;
    this.file = file;
    this.item = item;
  }

  /**
   * @param place where it is fetched to; closed with this
   * @throws IOException it cannot be had; the message names the address and the reason
   */
  static Download fetch(WebSource web, String address, BuildStore.Changes place)
      throws IOException {
    Path file = place.work().resolve("download");
    try {
      Instant modified = fetch(web, address, file);
      Digest digest;
      try (InputStream in = Files.newInputStream(file)) {
        digest = FileDigests.of(in);
      }
      TreeEntry entry =
          TreeEntry.file(name(address), new FileAttributes(0600, 0, 0, modified), Files.size(file));
      Piece piece =
          new Piece(entry, java.util.Optional.of(digest), () -> Files.newInputStream(file));
      return new Download(place, file, Item.file(piece));
    } catch (IOException | RuntimeException e) {
      place.close();
      throw e;
    }
  }

  private static Instant fetch(WebSource web, String address, Path file) throws IOException {
    try (WebSource.WebFile answer = web.open(address);
        OutputStream out = Files.newOutputStream(file)) {
      try {
        answer.content().transferTo(out);
      } catch (IOException e) {
        throw new IOException("cannot fetch " + address + " to its end: " + e.getMessage(), e);
      }
      return answer.modified();
    }
  }

  private static String name(String address) {
    String path = URI.create(address).getPath();
    String name = path == null ? "" : TreePath.name(TreePath.clean(path));
    return name.isEmpty() ? "__unnamed__" : name;
  }

  Item item() {
    return item;
  }

  /**
   * @param expected {@code sha256:…}
   * @throws IllegalArgumentException something else came
   */
  void check(String expected) throws IOException {
    Digest wanted = Digest.parse(expected);
    java.security.MessageDigest hasher = wanted.hasher();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        hasher.update(buffer, 0, n);
      }
    }
    Digest got = Digest.of(hasher);
    if (!got.equals(wanted)) {
      throw new IllegalArgumentException("--checksum=" + wanted + ", but what came is " + got);
    }
  }

  @Override
  public void close() {
    place.close();
  }
}
