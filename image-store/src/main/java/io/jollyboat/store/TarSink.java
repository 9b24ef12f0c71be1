package io.jollyboat.store;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.Index;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Writes an OCI layout as a tar archive; the same images always give the same bytes. */
final class TarSink implements ArchiveSink {
  private static final int CHUNK = 128 * 1024;

  private final OutputStream out;
  private final Set<String> written = new HashSet<>();

  /**
   * @param out not closed
   */
  TarSink(OutputStream out) {
    this.out = out;
  }

  @Override
  public boolean contains(Digest blob) {
    return written.contains(name(blob));
  }

  private static String name(Digest blob) {
    return "blobs/" + blob.algorithm() + "/" + blob.hex();
  }

  @Override
  public void blob(Descriptor blob, InputStream content) throws IOException {
    if (!contains(blob.digest())) {
      directory("blobs/");
      directory("blobs/" + blob.digest().algorithm() + "/");
      write(name(blob.digest()), blob.size(), content);
    }
  }

  private void directory(String name) throws IOException {
    if (written.add(name)) {
      header('5', 0755, name, 0);
    }
  }

  @Override
  public Optional<Index> index() {
    return Optional.empty();
  }

  @Override
  public void file(String name, byte[] content) throws IOException {
    write(name, content.length, new ByteArrayInputStream(content));
  }

  private void write(String name, long size, InputStream content) throws IOException {
    header('0', 0644, name, size);
    byte[] chunk = new byte[CHUNK];
    long count = 0;
    for (int some = content.read(chunk); some >= 0; some = content.read(chunk)) {
      StoreFiles.checkInterrupt("saving images");
      out.write(chunk, 0, some);
      count += some;
    }
    if (count != size) {
      throw new IOException(name + " has " + count + " bytes where it should have " + size);
    }
    out.write(new byte[(int) Math.floorMod(-size, (long) TarFields.BLOCK)]);
    written.add(name);
  }

  private void header(char type, int mode, String name, long size) throws IOException {
    TarHeaderBlock header = new TarHeaderBlock(type, mode);
    header.name(name);
    header.owner(0, 0);
    header.size(size);
    header.modified(0);
    header.write(out);
  }

  @Override
  public void finish() throws IOException {
    out.write(new byte[2 * TarFields.BLOCK]);
    out.flush();
  }
}
