package io.jollyboat.store;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The records of a pax extended header: {@code "%d %s=%s\n"}, length, key and value. */
final class PaxRecords {
  private static final String SCHILY = "SCHILY.xattr.";
  private static final String LIBARCHIVE = "LIBARCHIVE.xattr.";
  private static final long LATEST = Instant.MAX.getEpochSecond();

  private final Map<String, byte[]> values = new LinkedHashMap<>();
  private final List<Long> sparseNumbers = new ArrayList<>();

  static PaxRecords none() {
    return new PaxRecords();
  }

  static PaxRecords parse(byte[] bytes) throws IOException {
    PaxRecords records = new PaxRecords();
    int at = 0;
    while (at < bytes.length && bytes[at] != 0) {
      int blank = indexOf(bytes, ' ', at, bytes.length);
      int length = blank < 0 ? -1 : length(bytes, at, blank);
      int end = at + length;
      int equals = indexOf(bytes, '=', blank + 1, Math.min(Math.max(end, 0), bytes.length));
      if (length <= 0 || end > bytes.length || equals < 0 || bytes[end - 1] != '\n') {
        throw new IOException("a pax header has a malformed record");
      }
      String key = new String(bytes, blank + 1, equals - blank - 1, StandardCharsets.UTF_8);
      records.put(key, Arrays.copyOfRange(bytes, equals + 1, end - 1));
      at = end;
    }
    return records;
  }

  private static int length(byte[] bytes, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9 || value > 100_000_000) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private static int indexOf(byte[] bytes, char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private void put(String key, byte[] value) throws IOException {
    // Sparse format 0.0 repeats these two; the order is what counts.
    if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
      sparseNumbers.add(number(key, value));
    }
    values.put(key, value);
  }

  /** Whether the key is there; an empty value means that the header's own field counts. */
  private Optional<byte[]> find(String key) {
    byte[] value = values.get(key);
    return value == null || value.length == 0 ? Optional.empty() : Optional.of(value);
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  Optional<String> text(String key) {
    return find(key).map(value -> TarFields.decode(value, 0, value.length));
  }

  long number(String key, long otherwise) throws IOException {
    Optional<byte[]> value = find(key);
    return value.isPresent() ? number(key, value.get()) : otherwise;
  }

  private static long number(String key, byte[] value) throws IOException {
    try {
      return Long.parseLong(new String(value, StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      throw new IOException("a pax header's " + key + " is not a number", e);
    }
  }

  /** Seconds since 1970 with a fraction. */
  Instant time(String key, Instant otherwise) throws IOException {
    Optional<byte[]> value = find(key);
    if (value.isEmpty() || value.get().length > 40) {
      return otherwise;
    }
    try {
      BigDecimal time = new BigDecimal(new String(value.get(), StandardCharsets.US_ASCII));
      if (time.scale() > 40 || time.precision() - time.scale() > 18) {
        return otherwise;
      }
      long seconds = time.setScale(0, RoundingMode.FLOOR).longValueExact();
      long nanos = time.subtract(BigDecimal.valueOf(seconds)).movePointRight(9).longValue();
      return seconds > LATEST || seconds < -LATEST
          ? otherwise
          : Instant.ofEpochSecond(seconds, nanos);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IOException("a pax header's " + key + " is not a time", e);
    }
  }

  /** Extended attributes, as star and GNU tar write them, or as libarchive does. */
  SortedMap<String, byte[]> xattrs() throws IOException {
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    for (Map.Entry<String, byte[]> record : values.entrySet()) {
      String key = record.getKey();
      if (key.startsWith(SCHILY)) {
        xattrs.put(key.substring(SCHILY.length()), record.getValue());
      } else if (key.startsWith(LIBARCHIVE)) {
        xattrs.putIfAbsent(
            percentDecoded(key.substring(LIBARCHIVE.length())), base64(record.getValue()));
      }
    }
    return xattrs;
  }

  private static String percentDecoded(String name) {
    return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static byte[] base64(byte[] value) throws IOException {
    try {
      return Base64.getDecoder().decode(value);
    } catch (IllegalArgumentException e) {
      throw new IOException("a pax header's extended attribute is not base64", e);
    }
  }

  /** Offsets and lengths by turns, of sparse formats 0.0 and 0.1. */
  List<Long> sparseNumbers() throws IOException {
    Optional<String> map = text("GNU.sparse.map");
    if (map.isEmpty()) {
      return sparseNumbers;
    }
    List<Long> numbers = new ArrayList<>();
    for (String number : map.get().split(",", -1)) {
      numbers.add(number("GNU.sparse.map", number.getBytes(StandardCharsets.US_ASCII)));
    }
    return numbers;
  }
}
