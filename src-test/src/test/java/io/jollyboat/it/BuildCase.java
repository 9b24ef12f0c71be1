package io.jollyboat.it;

import io.jollyboat.BuildSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.test.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A folder below {@code builds}:
 *
 * <ul>
 *   <li>{@code Dockerfile}, built on {@code busybox:latest}
 *   <li>{@code Dockerfile.buildah}, where Buildah does not know what the first one says: the same
 *       in words that it knows
 *   <li>{@code context}, the build context
 *   <li>{@code setup}, a shell script that runs in the copied context and makes what no repository
 *       keeps: archives, modes, owners
 *   <li>{@code options}, lines of {@code arg NAME=value} and {@code target NAME}
 * </ul>
 */
record BuildCase(
    String name, Path dockerfile, Path theirDockerfile, Path context, List<String> options) {
  static final Path ALL =
      Path.of(System.getProperty("basedir", "."), "src", "test", "resources", "builds");

  /** Copies the context below a directory and makes the rest of it. */
  static BuildCase prepare(String name, Path work) throws IOException {
    Path folder = ALL.resolve(name).toAbsolutePath();
    Path context = work.resolve("context");
    if (Files.exists(folder.resolve("context"))) {
      Processes.run("cp", "-a", folder.resolve("context").toString(), context.toString());
      Processes.run("chown", "-R", "-h", "0:0", context.toString());
    } else {
      Files.createDirectory(context);
    }
    Path setup = folder.resolve("setup");
    if (Files.exists(setup)) {
      String unused =
          Command.run(
              Buildah.LIMIT,
              "env",
              "-C",
              context.toString(),
              "sh",
              "-euc",
              "umask 022\n" + Files.readString(setup));
    }
    Path theirs = folder.resolve("Dockerfile.buildah");
    Path options = folder.resolve("options");
    return new BuildCase(
        name,
        folder.resolve("Dockerfile"),
        Files.exists(theirs) ? theirs : folder.resolve("Dockerfile"),
        context,
        Files.exists(options) ? Files.readAllLines(options) : List.of());
  }

  StoredImage with(Engine engine) {
    Dockerfile text = Dockerfile.parse(dockerfile);
    Optional<String> target = values("target").stream().findFirst();
    Image image = target.isPresent() ? Image.of(text, target.get()) : Image.of(text);
    return engine.build(image, spec -> options(spec.context(context)));
  }

  private BuildSpec options(BuildSpec spec) {
    BuildSpec all = spec;
    for (String arg : values("arg")) {
      int equals = arg.indexOf('=');
      all = all.arg(arg.substring(0, equals), arg.substring(equals + 1));
    }
    return all;
  }

  /** Of the options that begin with a word. */
  List<String> values(String word) {
    return options.stream()
        .filter(line -> line.startsWith(word + " "))
        .map(line -> line.substring(word.length() + 1))
        .toList();
  }
}
