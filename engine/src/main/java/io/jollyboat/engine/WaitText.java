package io.jollyboat.engine;

import io.jollyboat.Wait;
import io.jollyboat.Wait.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The text form of a wait: its time, the kind of its condition, and what belongs to that. */
final class WaitText {
  private WaitText() {}

  static List<String> print(Wait wait) {
    List<String> words = new ArrayList<>();
    words.add(wait.within().toString());
    Condition condition = wait.condition();
    if (condition instanceof Condition.Port port) {
      words.addAll(List.of("port", Integer.toString(port.port())));
    } else if (condition instanceof Condition.Log log) {
      words.addAll(List.of("log", log.regex()));
    } else if (condition instanceof Condition.Http http) {
      words.addAll(List.of("http", Integer.toString(http.port()), http.path()));
    } else if (condition instanceof Condition.Healthy) {
      words.add("healthy");
    } else if (condition instanceof Condition.All all) {
      words.addAll(List.of("all", Integer.toString(all.conditions().size())));
      all.conditions().forEach(inner -> words.addAll(print(inner)));
    }
    return words;
  }

  static Wait read(List<String> words) {
    return read(words.iterator());
  }

  private static Wait read(Iterator<String> words) {
    Duration within = Duration.parse(words.next());
    String kind = words.next();
    Wait wait =
        switch (kind) {
          case "port" -> Wait.forPort(Integer.parseInt(words.next()));
          case "log" -> Wait.forLog(words.next());
          case "http" -> Wait.forHttp(Integer.parseInt(words.next()), words.next());
          case "healthy" -> Wait.forHealthy();
          case "all" -> all(words);
          default -> throw new IllegalArgumentException("there is no condition " + kind);
        };
    return wait.within(within);
  }

  private static Wait all(Iterator<String> words) {
    Wait[] conditions = new Wait[Integer.parseInt(words.next())];
    for (int i = 0; i < conditions.length; i++) {
      conditions[i] = read(words);
    }
    return Wait.all(conditions);
  }
}
