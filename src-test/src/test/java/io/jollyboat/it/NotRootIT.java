package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.JollyboatException;
import io.jollyboat.NetworkMode;
import io.jollyboat.Probe;
import io.jollyboat.StoredImage;
import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine is to a user who is not root. */
@IntegrationTest
class NotRootIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @Test
  void engine_ofAnotherUser_opensAndNamesWhatNeedsRoot(
      RegistryProcess registry, @TempDir Path directory) throws IOException {
    Path readable = Files.createDirectory(directory.resolve("classes"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    String said =
        Command.run(
            LIMIT,
            Command.find("setpriv").toString(),
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.io.tmpdir=" + directory,
            "-cp",
            classPath(readable),
            NotRootIT.class.getName(),
            directory.resolve("store").toString(),
            registry.reference(TestImages.BUSYBOX));
    assertTrue(said.startsWith("opened with 0 images"), said);
    for (String refused : List.of("pull", "build", "run")) {
      String pattern = "(?s).*" + refused + ": [^\n]*EngineUnavailableException[^\n]* root.*";
      assertTrue(said.matches(pattern), refused + " in " + said);
    }
    assertTrue(said.contains("root MISSING: this process is not root"), said);
  }

  /** Called in the process of the other user. */
  public static void main(String[] words) {
    try (Engine engine = Engine.builder().root(Path.of(words[0])).open()) {
      System.out.println("opened with " + engine.images().list().size() + " images");
      for (Probe.Capability capability : Engine.probe().capabilities()) {
        System.out.println(
            capability.name() + " " + capability.status() + ": " + capability.reason());
      }
      try {
        System.out.println("pulled " + engine.pull(words[1]).id());
      } catch (JollyboatException e) {
        System.out.println("pull: " + e);
      }
      byte[] content = "x".getBytes(StandardCharsets.UTF_8);
      try {
        StoredImage image =
            engine.build(Image.scratch().files(FileSet.empty().bytes(content, "/file")));
        System.out.println("built " + image.id());
      } catch (JollyboatException e) {
        System.out.println("build: " + e);
      }
      ContainerSpec spec = ContainerSpec.of(Image.host()).network(NetworkMode.NONE).command("true");
      try (Container container = engine.run(spec)) {
        System.out.println("ran " + container.id());
      } catch (JollyboatException e) {
        System.out.println("run: " + e);
      }
    }
  }

  /** This process's class path, copied to where everybody can read it. */
  private static String classPath(Path into) throws IOException {
    Files.setPosixFilePermissions(into, PosixFilePermissions.fromString("rwxr-xr-x"));
    StringJoiner joined = new StringJoiner(File.pathSeparator);
    int number = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path source = Path.of(entry);
      Path copy = into.resolve(number++ + "-" + source.getFileName());
      copy(source, copy);
      joined.add(copy.toString());
    }
    return joined.toString();
  }

  private static void copy(Path source, Path target) throws IOException {
    if (Files.notExists(source)) {
      return;
    }
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(target.resolve(source.relativize(directory).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                file,
                file.equals(source) ? target : target.resolve(source.relativize(file).toString()));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
