package io.jollyboat.examples;

import io.jollyboat.Engine;
import io.jollyboat.JollyboatException;
import io.jollyboat.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The main job from beginning to end, in a store of its own that is gone afterwards: {@code Demo},
 * or {@code Demo --from IMAGE --dockerfile PATH}.
 */
public final class Demo {
  private Demo() {}

  /** Exits with 1 when something failed, and 2 when the arguments make no sense. */
  public static void main(String[] args) throws Exception {
    List<String> words = List.of(args);
    Optional<String> from = option(words, "--from");
    Optional<String> dockerfile = option(words, "--dockerfile");
    int known = (from.isPresent() ? 2 : 0) + (dockerfile.isPresent() ? 2 : 0);
    if (from.isPresent() != dockerfile.isPresent() || known != words.size()) {
      System.err.println("usage: demo [--from IMAGE --dockerfile PATH]");
      System.exit(2);
    }
    Screen screen = new Screen(System.out, Boolean.getBoolean("demo.terminal"));
    System.exit(play(screen, from, dockerfile.map(Path::of)));
  }

  private static int play(Screen screen, Optional<String> from, Optional<Path> dockerfile)
      throws Exception {
    Path root = Files.createTempDirectory("jollyboat-demo-");
    try (Engine engine = open(root)) {
      if (from.isPresent()) {
        new DockerfileStory(engine, screen).play(from.get(), dockerfile.orElseThrow());
      } else {
        new WebStory(engine, screen).play();
      }
      return 0;
    } catch (JollyboatException e) {
      System.err.println(e.getMessage());
      return 1;
    } finally {
      delete(root);
    }
  }

  private static Engine open(Path root) {
    Engine.Builder builder = Engine.builder().root(root).progress(Progress.console(System.out));
    Path bundle = Path.of("/etc/ssl/certs/ca-certificates.crt");
    return (Files.isReadable(bundle) ? builder.trust(bundle) : builder).open();
  }

  private static Optional<String> option(List<String> words, String name) {
    int index = words.indexOf(name);
    return index >= 0 && index + 1 < words.size()
        ? Optional.of(words.get(index + 1))
        : Optional.empty();
  }

  private static void delete(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(path);
      }
    }
  }
}
