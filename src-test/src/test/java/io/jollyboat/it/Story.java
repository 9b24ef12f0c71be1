package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.test.OrdinaryUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What an ordinary user does, topic by topic, in a Java process of his own. Every line that it
 * prints is {@code topic: what came of it}.
 */
final class Story {
  private Story() {}

  /** What one topic does, and says of it. */
  interface Topic {
    String tell() throws IOException;
  }

  /**
   * In the process: opens an engine, tells, and closes it.
   *
   * @param words the engine's root, then topics
   */
  static void tell(String[] words, Function<Engine, Map<String, Topic>> topics) {
    try (Engine engine = Engine.builder().root(Path.of(words[0])).open()) {
      Map<String, Topic> all = topics.apply(engine);
      for (String name : List.of(words).subList(1, words.length)) {
        System.out.println(name + ": " + told(all.getOrDefault(name, () -> "is no topic")));
      }
    }
    System.out.println("closed: yes");
  }

  private static String told(Topic topic) {
    try {
      return topic.tell().strip().replace("\n", " | ");
    } catch (RuntimeException | IOException e) { // of the test's own too: the next topic goes on
      return e.toString().replace("\n", " | ");
    }
  }

  /** In the test: what the user's process said, by topic. */
  static Map<String, String> of(OrdinaryUser user, Class<?> story, String... words) {
    String all = user.run(story, words);
    assertTrue(all.endsWith("closed: yes\n"), all);
    Map<String, String> said = new HashMap<>();
    for (String line : all.lines().toList()) {
      String[] halves = line.split(": ", 2);
      if (halves.length == 2) {
        said.putIfAbsent(halves[0], halves[1]);
      }
    }
    return said;
  }
}
