import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Prints how large a class path is, jar by jar, and how large it would be with zstd's native code for one
 * platform only. Arguments: a file that holds the class path, the module's own jar, the limit in megabytes.
 * Ends with status 1 above the limit.
 */
final class ClassPathSize {
  private static final String KEPT = "linux/amd64/";

  public static void main(String[] arguments) throws IOException {
    String path = Files.readString(Path.of(arguments[0])).strip() + File.pathSeparator + arguments[1];
    List<Path> jars = Arrays.stream(path.split(File.pathSeparator)).map(Path::of).toList();
    long total = 0;
    long others = 0;
    for (Path jar : jars.stream().sorted(Comparator.comparing(ClassPathSize::size).reversed()).toList()) {
      System.out.printf("%,12d  %s%n", size(jar), jar.getFileName());
      total += size(jar);
      others += jar.getFileName().toString().startsWith("zstd-jni-") ? otherPlatforms(jar) : 0;
    }
    long limit = Long.parseLong(arguments[2]) * 1_000_000;
    System.out.printf("%,12d  in all; with zstd for one platform %,d; limit %,d%n", total, total - others, limit);
    if (total > limit) {
      System.err.println("The class path is too large");
      System.exit(1);
    }
  }

  private static long size(Path jar) {
    return jar.toFile().length();
  }

  /** What the native code of all platforms but one takes up in the jar. */
  private static long otherPlatforms(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .filter(entry -> entry.getName().matches(".*\\.(so|dll|dylib)") && !entry.getName().startsWith(KEPT))
          .mapToLong(ZipEntry::getCompressedSize)
          .sum();
    }
  }
}
