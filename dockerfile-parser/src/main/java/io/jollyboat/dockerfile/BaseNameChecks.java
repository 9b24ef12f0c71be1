package io.jollyboat.dockerfile;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Whether FROM lines name an image when the caller gives no arguments. */
final class BaseNameChecks {
  private static final String COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
  private static final Pattern REFERENCE =
      Pattern.compile(
          "(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?"
              + COMPONENT
              + "(?:/"
              + COMPONENT
              + ")*(?::\\w[\\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-fA-F]{32,})?");

  private BaseNameChecks() {}

  static void run(List<Arg> globalArgs, List<Stage> stages, List<Warning> warnings) {
    Map<String, String> defaults = new HashMap<>();
    Lookup known = name -> isBuiltIn(name) ? "linux" : defaults.get(name);
    for (Arg arg : globalArgs) {
      for (Arg.Declaration declaration : arg.declarations()) {
        declaration
            .value()
            .ifPresent(value -> defaults.put(declaration.name().raw(), value(value, known)));
      }
    }
    for (Stage stage : stages) {
      From from = stage.from();
      if (!from.image().isLiteral() && !isName(value(from.image(), known))) {
        warnings.add(
            new Warning(
                "InvalidDefaultArgInFrom",
                "Default value for ARG "
                    + from.image()
                    + " results in empty or invalid base image name",
                from.range()));
      }
    }
  }

  private static boolean isBuiltIn(String name) {
    return name.startsWith("BUILD") || name.startsWith("TARGET");
  }

  /** Nothing where an argument is demanded of the caller. */
  private static String value(Word word, Lookup known) {
    try {
      return word.expanded(known);
    } catch (WordSyntaxException e) {
      return "";
    }
  }

  private static boolean isName(String text) {
    return text.length() < 512 && REFERENCE.matcher(text).matches();
  }
}
