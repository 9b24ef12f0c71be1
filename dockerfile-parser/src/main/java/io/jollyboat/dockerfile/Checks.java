package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Those of BuildKit's check rules that need only the instructions, not their spelling. */
final class Checks {
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)");
  private static final Pattern PUBLIC = Pattern.compile("(?i)(?:_|^)public(?:_|$)");
  private static final Set<String> PLATFORM_PARTS =
      Set.of("", "OS", "ARCH", "VARIANT", "OSVERSION");

  private final List<Warning> warnings;
  private final Set<String> globals = new HashSet<>();

  private Checks(List<Warning> warnings) {
    this.warnings = warnings;
    for (String prefix : List.of("BUILD", "TARGET")) {
      globals.add(prefix + "PLATFORM");
      PLATFORM_PARTS.forEach(part -> globals.add(prefix + part));
    }
  }

  static void run(List<Arg> globalArgs, List<Stage> stages, List<Warning> warnings) {
    Checks checks = new Checks(warnings);
    globalArgs.forEach(checks::global);
    BaseNameChecks.run(globalArgs, stages, warnings);
    VariableChecks.run(stages, warnings);
    Set<String> names = new HashSet<>();
    for (Stage stage : stages) {
      checks.from(stage.from(), names);
      checks.stage(stage.instructions());
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private void warn(String rule, String message, Instruction at) {
    warnings.add(new Warning(rule, message, at.range()));
  }

  private void global(Arg arg) {
    arg.declarations().stream()
        .filter(d -> d.name().isLiteral())
        .forEach(d -> globals.add(d.name().value()));
    secrets(arg);
  }

  private void from(From from, Set<String> names) {
    String name = from.name().orElse("");
    if (name.equals("scratch") || name.equals("context")) {
      warn(
          "ReservedStageName",
          "Stage name should not use the reserved name \"" + name + "\"",
          from);
    }
    if (!name.isEmpty() && !names.add(name)) {
      warn("DuplicateStageName", "Duplicate stage name \"" + name + "\": give each its own", from);
    }
    Optional<Word> platform = from.platform();
    if (platform.equals(Optional.of(Word.of("$TARGETPLATFORM").joined()))) {
      String message = "Setting platform to $TARGETPLATFORM is redundant: it is the default";
      warn("RedundantTargetPlatform", message, from);
    } else if (platform.filter(Word::isLiteral).isPresent()) {
      String message =
          "FROM --platform should not be the constant " + platform.get() + ": use an ARG";
      warn("FromPlatformFlagConstDisallowed", message, from);
    }
    for (String variable : from.variables()) {
      if (!globals.contains(variable)) {
        String message = "FROM uses " + variable + ", which no ARG before it declares";
        warn("UndefinedArgInFrom", message, from);
      }
    }
  }

  private void stage(List<Instruction> instructions) {
    lastOnly(instructions, Cmd.class);
    lastOnly(instructions, Entrypoint.class);
    lastOnly(instructions, Healthcheck.class);
    boolean ownShell = false;
    boolean placed = false;
    for (Instruction instruction : instructions) {
      ownShell |= instruction instanceof Shell;
      if (!ownShell) {
        jsonArgs(instruction);
      }
      if (instruction instanceof Workdir workdir) {
        placed |= !relative(workdir);
        if (!placed) {
          String message = "Relative workdir " + workdir.path() + " depends on the base image's";
          warn("WorkdirRelativePath", message, workdir);
        }
      }
      single(instruction);
    }
  }

  private static boolean relative(Workdir workdir) {
    return workdir.path().isLiteral()
        && !workdir.path().value().startsWith("/")
        && !workdir.path().value().matches("[A-Za-z]:.*");
  }

  private void lastOnly(List<Instruction> instructions, Class<? extends Instruction> type) {
    List<Instruction> found = new ArrayList<>(instructions);
    found.removeIf(i -> !type.isInstance(i));
    for (int i = 0; i < found.size() - 1; i++) {
      String keyword = found.get(i).keyword();
      String message = "Only the last " + keyword + " of a stage is used: remove this one";
      warn("MultipleInstructionsDisallowed", message, found.get(i));
    }
  }

  private void jsonArgs(Instruction instruction) {
    Command command =
        instruction instanceof Cmd cmd
            ? cmd.command()
            : instruction instanceof Entrypoint entrypoint
                ? entrypoint.command()
                : new Command.Exec(List.of());
    if (command instanceof Command.Shell shell && !shell.text().isEmpty()) {
      String message =
          "JSON arguments recommended for " + instruction.keyword() + ": a shell keeps signals";
      warn("JSONArgsRecommended", message, instruction);
    }
  }

  private void single(Instruction instruction) {
    if (instruction instanceof Maintainer maintainer) {
      String message =
          "MAINTAINER is deprecated: write LABEL org.opencontainers.image.authors="
              + Word.literal(maintainer.name());
      warn("MaintainerDeprecated", message, maintainer);
    } else if (instruction instanceof Expose expose) {
      expose.ports().stream()
          .map(Word::raw)
          .filter(port -> port.indexOf('$') < 0 && port.indexOf(':') >= 0)
          .forEach(
              port ->
                  warn(
                      "ExposeInvalidFormat",
                      "EXPOSE should name ports of the container only, not the host's or an"
                          + " address, found '"
                          + port
                          + "'",
                      expose));
      expose.ports().stream()
          .map(Word::raw)
          .filter(port -> port.indexOf('$') < 0 && !port.equals(lower(port)))
          .forEach(
              port ->
                  warn(
                      "ExposeProtoCasing",
                      "Protocol of port " + port + " should be in lower case",
                      expose));
    } else if (instruction instanceof Arg arg) {
      secrets(arg);
    } else if (instruction instanceof Env env) {
      env.pairs().forEach(pair -> secret(pair.name(), env));
    }
  }

  private void secrets(Arg arg) {
    arg.declarations().forEach(d -> secret(d.name(), arg));
  }

  private void secret(Word name, Instruction at) {
    String text = name.raw();
    if (SECRET.matcher(text).find() && !PUBLIC.matcher(text).find()) {
      String message =
          "Do not use ARG or ENV for sensitive data ("
              + text
              + "): it stays in the image; use RUN --mount=type=secret";
      warn("SecretsUsedInArgOrEnv", message, at);
    }
  }
}
