package io.jollyboat.it;

import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.Progress;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.test.TestImages;
import java.nio.file.Path;

/**
 * The program of {@link TerminalProgressIT}: builds two stages, each of which waits for the other.
 */
final class TerminalProgressStory {
  private TerminalProgressStory() {}

  /**
   * @param words root of the engine; a directory through which the stages meet
   */
  public static void main(String[] words) {
    Image left = stage("left", "right");
    Image both =
        Image.from(TestImages.BUSYBOX)
            .copyFrom(left, "/left", "/left")
            .copyFrom(stage("right", "left"), "/right", "/right");
    try (Engine engine =
        Engine.builder().root(Path.of(words[0])).progress(Progress.terminal(System.out)).open()) {
      var unused = engine.build(both, build -> build.tag("both"));
    }
  }

  /** Both have to have begun before one can end: a cache is shared by them. */
  private static Image stage(String name, String other) {
    return Image.from(TestImages.BUSYBOX)
        .named(name)
        .with(
            Run.shell(
                    "echo "
                        + name
                        + " waits; touch /meet/"
                        + name
                        + "; until [ -e /meet/"
                        + other
                        + " ]; do sleep 0.1; done; sleep 1; touch /"
                        + name)
                .cache("/meet"));
  }
}
