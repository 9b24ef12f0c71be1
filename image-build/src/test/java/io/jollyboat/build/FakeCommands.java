package io.jollyboat.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.StepRequest;
import io.jollyboat.spi.host.StepRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Commands of RUN in Java: {@code touch FILE}, {@code write FILE TEXT}, {@code echo TEXT}, {@code
 * env}, {@code count FILE}, {@code fail CODE}, {@code show FILE}, {@code alter FILE TEXT [CODE]} of
 * this machine.
 */
final class FakeCommands implements StepRunner {
  final List<StepRequest> requests = Collections.synchronizedList(new ArrayList<>());
  final AtomicInteger counter = new AtomicInteger();
  private final Function<List<Path>, MergedTree> trees;

  FakeCommands(Function<List<Path>, MergedTree> trees) {
    this.trees = trees;
  }

  @Override
  public StepResult run(StepRequest request, StepOutput output) {
    requests.add(request);
    String command = request.args().get(request.args().size() - 1);
    String[] words = command.split(" +");
    try {
      return new StepResult(run(request, words, output), false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int run(StepRequest request, String[] words, StepOutput output) throws IOException {
    switch (words[0]) {
      case "touch" -> write(request, words[1], "");
      case "write" -> write(request, words[1], words[2]);
      case "count" -> write(request, words[1], "" + counter.incrementAndGet());
      case "echo" -> print(output, words[1] + "\n");
      case "env" -> print(output, request.environment() + "\n");
      case "show" -> print(output, mounted(request, words[1]));
      case "alter" -> {
        Files.writeString(Path.of(words[1]), words[2]);
        print(output, "altered\n");
        return words.length > 3 ? Integer.parseInt(words[3]) : 0;
      }
      case "fail" -> {
        write(request, "/left", "behind");
        print(output, "it fails\n");
        return Integer.parseInt(words[1]);
      }
      default -> throw new IllegalArgumentException(words[0]);
    }
    return 0;
  }

  private String mounted(StepRequest request, String path) throws IOException {
    for (StepRequest.StepMount mount : request.mounts()) {
      boolean itself = path.equals(mount.target());
      if (itself || path.startsWith(mount.target() + "/")) {
        String below = itself ? "" : path.substring(mount.target().length() + 1);
        if (mount.content() instanceof StepRequest.StepMount.Content.Layers layers) {
          String inside = TreePath.child(layers.below(), below);
          return new String(
              trees.apply(layers.layersTopFirst()).open(inside).readAllBytes(), UTF_8);
        }
        var bind = (StepRequest.StepMount.Content.Bind) mount.content();
        return Files.readString(bind.source().resolve(bind.below()).resolve(below));
      }
    }
    return "nothing";
  }

  private static void write(StepRequest request, String path, String text) throws IOException {
    Path file = request.upper().resolve(path.substring(1));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void print(StepOutput output, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    output.print(bytes, bytes.length);
  }
}
