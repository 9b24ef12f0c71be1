package io.jollyboat.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The file of {@code --log}, in the form of {@code --log-format}, that runc's callers read. */
final class RuntimeLog {
  private final Optional<Path> file;
  private final boolean json;
  private final boolean debug;

  RuntimeLog(Optional<Path> file, boolean json, boolean debug) {
    this.file = file;
    this.json = json;
    this.debug = debug;
  }

  void error(String message) {
    write("error", message);
  }

  void warn(String message) {
    write("warning", message);
  }

  void debug(String message) {
    if (debug) {
      write("debug", message);
    }
  }

  private void write(String level, String message) {
    if (file.isEmpty()) {
      return;
    }
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    String line = json ? jsonLine(level, message, now) : textLine(level, message, now);
    try {
      Files.writeString(
          file.get(),
          line + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the log " + file.get(), e);
    }
  }

  private static String jsonLine(String level, String message, String now) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("level", level);
    members.put("msg", message);
    members.put("time", now);
    return Json.write(members);
  }

  private static String textLine(String level, String message, String now) {
    return "time=\"" + now + "\" level=" + level + " msg=" + Json.write(message);
  }
}
