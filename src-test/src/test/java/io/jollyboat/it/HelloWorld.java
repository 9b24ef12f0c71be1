package io.jollyboat.it;

import io.jollyboat.Image;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.test.TestImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The web service of the story: a small node server with one dependency. */
final class HelloWorld {
  private HelloWorld() {}

  /** Its files, copied into a directory that a test may change. */
  static Path context(Path directory) {
    URL resource = HelloWorld.class.getResource("/helloworld");
    if (resource == null) {
      throw new AssertionError("helloworld is not among the test resources");
    }
    try (Stream<Path> files = Files.list(Path.of(resource.toURI()))) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName().toString()));
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static Image text(Path context) {
    return Image.of(Dockerfile.parse(context.resolve("Dockerfile")));
  }

  static Image java() {
    return Image.from(TestImages.NODE)
        .workdir("/opt/helloworld")
        .run("touch /var/lib/installed")
        .copy(".", ".")
        .run("npm install")
        .expose(3000)
        .cmd("npm", "start");
  }
}
