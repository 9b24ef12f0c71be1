package io.jollyboat.build.packages;

import io.jollyboat.InstalledPackage;
import io.jollyboat.InstalledPackage.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The Maven artifacts in Java archives and in archives within them, by their {@code
 * pom.properties}. Archives are a stranger's: what is unpacked is counted, for one archive and for
 * all of them. Not safe for use by several threads.
 */
final class JavaArchives {
  static final long LARGEST = 4L << 30;

  private static final long MOST_OF_ONE = 2L << 30;
  private static final long MOST_OF_ALL = 16L << 30;
  private static final int MOST_ENTRIES = 1_000_000;
  private static final int LARGEST_PROPERTIES = 64 * 1024;
  private static final int DEEPEST = 3;
  private static final Pattern NAME = Pattern.compile(".*\\.(jar|war|ear|hpi|jpi|sar|par)");
  private static final Pattern PROPERTIES =
      Pattern.compile("META-INF/maven/[^/]+/[^/]+/pom\\.properties");

  private final Findings findings;
  private final byte[] chunk = new byte[64 * 1024];
  private long leftOfAll;

  JavaArchives(Findings findings) {
    this(findings, MOST_OF_ALL);
  }

  JavaArchives(Findings findings, long most) {
    this.findings = findings;
    this.leftOfAll = most;
  }

  static boolean isOne(String name) {
    return NAME.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  void read(InputStream in, String path) throws IOException {
    new One(path).read(new BufferedInputStream(in), path, 0);
  }

  private final class One {
    private final String top;
    private long left = MOST_OF_ONE;
    private int entries;

    One(String top) {
      this.top = top;
    }

    /**
     * @param in is closed, which does not close the archive that an inner one is in
     */
    void read(InputStream in, String path, int depth) throws IOException {
      try (ZipInputStream zip = new ZipInputStream(in)) {
        ZipEntry entry = zip.getNextEntry();
        if (entry == null) {
          findings.unread(path, "no archive, an empty one, or one behind something else");
        }
        for (; entry != null; entry = zip.getNextEntry()) {
          if (++entries > MOST_ENTRIES) {
            throw new IOException("more than " + MOST_ENTRIES + " names in an archive");
          }
          entry(zip, entry.getName(), path, depth);
          skipRest(zip);
        }
      } catch (IllegalArgumentException e) { // names that are no UTF-8
        throw new IOException("malformed: " + e.getMessage(), e);
      }
    }

    private void entry(ZipInputStream zip, String name, String path, int depth) throws IOException {
      if (PROPERTIES.matcher(name).matches()) {
        properties(zip, path);
      } else if (isOne(name)) {
        if (depth == DEEPEST) {
          findings.unread(path + "!/" + name, "archives are not opened so deep in each other");
        } else {
          nested(zip, path + "!/" + name, depth + 1);
        }
      }
    }

    /** A damaged archive inside does not end the search in the outer one. */
    private void nested(ZipInputStream zip, String path, int depth) throws IOException {
      try {
        read(new Counted(zip), path, depth);
      } catch (TooMuchException e) {
        throw e;
      } catch (IOException e) {
        findings.unread(path, String.valueOf(e.getMessage()));
      }
    }

    private void properties(ZipInputStream zip, String path) throws IOException {
      byte[] text = new Counted(zip).readNBytes(LARGEST_PROPERTIES);
      Properties properties = new Properties();
      try {
        properties.load(new java.io.ByteArrayInputStream(text));
      } catch (IllegalArgumentException e) {
        findings.unread(path, "malformed pom.properties: " + e.getMessage());
        return;
      }
      findings.add(
          new InstalledPackage(
              Kind.MAVEN,
              properties.getProperty("groupId", ""),
              properties.getProperty("artifactId", ""),
              properties.getProperty("version", ""),
              "",
              path,
              Optional.empty(),
              Optional.empty()));
    }

    private void skipRest(ZipInputStream zip) throws IOException {
      InputStream rest = new Counted(zip);
      int count = 0;
      while (count >= 0) {
        count = rest.read(chunk, 0, chunk.length);
      }
    }

    /** Counts what is unpacked, at every depth. */
    private final class Counted extends java.io.FilterInputStream {
      Counted(InputStream in) {
        super(in);
      }

      @Override
      public int read() throws IOException {
        int read = super.read();
        count(read < 0 ? 0 : 1);
        return read;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        count(Math.max(read, 0));
        return read;
      }

      private void count(int read) throws TooMuchException {
        left -= read;
        leftOfAll -= read;
        if (left < 0 || leftOfAll < 0) {
          throw new TooMuchException(top + " unpacks to more than is read of archives");
        }
      }

      @Override
      public void close() {}
    }
  }

  private static final class TooMuchException extends IOException {
    private static final long serialVersionUID = 1L;

    TooMuchException(String message) {
      super(message);
    }
  }
}
