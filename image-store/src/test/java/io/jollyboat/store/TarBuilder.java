package io.jollyboat.store;

import io.jollyboat.spi.host.FileNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Archives as strangers make them, for tests. */
final class TarBuilder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  TarBuilder member(char type, String name, String link, byte[] content) {
    try {
      TarHeaderBlock header = new TarHeaderBlock(type, 0644);
      header.name(name);
      if (!link.isEmpty()) {
        header.link(link);
      }
      header.owner(0, 0);
      header.size(content.length);
      header.modified(1);
      header.write(out);
      out.writeBytes(content);
      out.writeBytes(new byte[Math.floorMod(-content.length, 512)]);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  TarBuilder file(String name, String content) {
    return member('0', name, "", content.getBytes(StandardCharsets.UTF_8));
  }

  TarBuilder pax(char type, Map<String, String> records) {
    SortedMap<String, String> sorted = new TreeMap<>(records);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    sorted.forEach((key, value) -> body.writeBytes(record(key, FileNames.encode(value))));
    return member(type, "pax", "", body.toByteArray());
  }

  static byte[] record(String key, byte[] value) {
    int rest = key.length() + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    length = rest + Integer.toString(length).length();
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.UTF_8));
    record.writeBytes(value);
    record.write('\n');
    return record.toByteArray();
  }

  TarBuilder raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  byte[] finished() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(bytes());
    all.writeBytes(new byte[1024]);
    return all.toByteArray();
  }
}
