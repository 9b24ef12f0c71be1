package io.jollyboat.build;

import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/**
 * A file that ADD fetches by http or https: mode 0600, the time that the server tells. Closing it
 * deletes it. Immutable.
 */
final class Download implements AutoCloseable {
  private static final int MOST_REDIRECTS = 10;
  private static final int TIMEOUT_MILLIS = 30_000;

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
  static Download fetch(String address, BuildStore.Changes place) throws IOException {
    Path file = place.work().resolve("download");
    try {
      Instant modified = fetch(address, file);
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

  private static Instant fetch(String address, Path file) throws IOException {
    URL url = url(address);
    for (int i = 0; i < MOST_REDIRECTS; i++) {
      HttpURLConnection connection = (HttpURLConnection) url.openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      connection.setInstanceFollowRedirects(false);
      try {
        int status = connection.getResponseCode();
        String location = connection.getHeaderField("Location");
        if (status >= 300 && status < 400 && location != null) {
          url = url(url.toString(), location);
          continue;
        }
        if (status != HttpURLConnection.HTTP_OK) {
          throw new IOException("cannot fetch " + url + ": the server answers " + status);
        }
        try (InputStream in = connection.getInputStream()) {
          Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return Instant.ofEpochMilli(connection.getLastModified());
      } catch (java.net.UnknownHostException e) {
        throw new IOException("cannot fetch " + url + ": no such host " + url.getHost(), e);
      } finally {
        connection.disconnect();
      }
    }
    throw new IOException(
        "cannot fetch " + address + ": more than " + MOST_REDIRECTS + " redirects");
  }

  private static URL url(String address) throws IOException {
    return url(address, "");
  }

  /** Only to http and https again, never to a file of this machine. */
  private static URL url(String base, String location) throws IOException {
    try {
      URI uri = location.isEmpty() ? URI.create(base) : URI.create(base).resolve(location);
      if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
        throw new IOException("cannot fetch " + uri + ": it is neither http nor https");
      }
      return uri.toURL();
    } catch (IllegalArgumentException e) {
      throw new IOException("not an address: " + (location.isEmpty() ? base : location), e);
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
