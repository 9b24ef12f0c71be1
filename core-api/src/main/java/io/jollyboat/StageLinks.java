package io.jollyboat;

import io.jollyboat.Image.Base;
import io.jollyboat.Image.Step;
import io.jollyboat.dockerfile.Arg;
import io.jollyboat.dockerfile.Copy;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.dockerfile.From;
import io.jollyboat.dockerfile.Instruction;
import io.jollyboat.dockerfile.Lookup;
import io.jollyboat.dockerfile.Onbuild;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.dockerfile.RunMount;
import io.jollyboat.dockerfile.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From the stages of a Dockerfile, which know each other by name, to images that hold each other.
 * The rules are those of {@code FROM} and {@code --from} in the Dockerfile reference: an earlier
 * stage's name, in any case, or its number; all else is an image.
 */
final class StageLinks {
  private StageLinks() {}

  /** Linked at once when no FROM line has an argument, otherwise when it is bound. */
  static Image of(Dockerfile dockerfile, Optional<String> target) {
    int last = targetIndex(dockerfile, target);
    boolean bound =
        dockerfile.globalArgs().isEmpty()
            && dockerfile.stages().stream().allMatch(stage -> stage.from().variables().isEmpty());
    return bound
        ? link(dockerfile, last, Map.of())
        : Image.on(new Base.Unbound(dockerfile, target), Optional.empty());
  }

  /**
   * Links a Dockerfile whose FROM lines have arguments.
   *
   * @param arguments of the build, and the platform arguments, by name
   */
  static Image bind(Base.Unbound unbound, Map<String, String> arguments) {
    Dockerfile dockerfile = unbound.dockerfile();
    Map<String, String> globals = new LinkedHashMap<>();
    Lookup known = name -> globals.containsKey(name) ? globals.get(name) : builtIn(name, arguments);
    for (Arg arg : dockerfile.globalArgs()) {
      for (Arg.Declaration declaration : arg.declarations()) {
        String name = declaration.name().expand(known);
        String given = arguments.get(name);
        if (given != null) {
          globals.put(name, given);
        } else {
          declaration.value().ifPresent(value -> globals.put(name, value.expand(known)));
        }
      }
    }
    return link(
        dockerfile, targetIndex(dockerfile, unbound.target()), withBuiltIns(globals, arguments));
  }

  /** The platform arguments need no ARG before the first FROM. */
  private static @Nullable String builtIn(String name, Map<String, String> arguments) {
    return isBuiltIn(name) ? arguments.get(name) : null;
  }

  private static boolean isBuiltIn(String name) {
    return name.startsWith("BUILD") || name.startsWith("TARGET");
  }

  private static Map<String, String> withBuiltIns(
      Map<String, String> globals, Map<String, String> arguments) {
    Map<String, String> all = new LinkedHashMap<>();
    arguments.forEach(
        (name, value) -> {
          if (isBuiltIn(name)) {
            all.put(name, value);
          }
        });
    all.putAll(globals);
    return all;
  }

  private static Image link(Dockerfile dockerfile, int last, Map<String, String> globals) {
    Map<String, Image> earlier = new HashMap<>();
    Set<String> all = names(dockerfile);
    Image image = Image.scratch();
    for (int i = 0; i <= last; i++) {
      Stage stage = dockerfile.stages().get(i);
      From from = stage.from().expanded(globals::get);
      List<Step> steps = new ArrayList<>();
      for (Instruction instruction : stage.instructions()) {
        steps.add(new Step.Written(instruction, links(instruction, earlier, all)));
      }
      image = Image.stage(base(from, earlier), steps, stage.name(), globals);
      earlier.put(Integer.toString(i), image);
      if (stage.name().isPresent()) {
        earlier.put(stage.name().get().toLowerCase(Locale.ROOT), image);
      }
    }
    return image;
  }

  private static Base base(From from, Map<String, Image> earlier) {
    String name = from.image().value();
    Image stage = earlier.get(name.toLowerCase(Locale.ROOT));
    if (stage != null && !isNumber(name)) {
      return new Base.Stage(stage);
    }
    return name.equals("scratch")
        ? new Base.Scratch()
        : new Base.Reference(from.image(), from.platform());
  }

  private static boolean isNumber(String name) {
    return name.chars().allMatch(Character::isDigit);
  }

  private static Map<String, Image> links(
      Instruction instruction, Map<String, Image> earlier, Set<String> all) {
    Map<String, Image> links = new HashMap<>();
    for (String name : referenced(instruction)) {
      String key = name.toLowerCase(Locale.ROOT);
      Image stage = earlier.get(key);
      if (stage != null) {
        links.put(name, stage);
      } else if (all.contains(key) && !(instruction instanceof Onbuild)) {
        throw new IllegalArgumentException(
            "cannot copy from stage \""
                + name
                + "\" in \""
                + instruction
                + "\": it is this stage or a later one");
      }
    }
    return links;
  }

  /** The names in an instruction's {@code from} flags. */
  static Set<String> referenced(Instruction instruction) {
    Set<String> names = new LinkedHashSet<>();
    if (instruction instanceof Copy copy) {
      copy.from().ifPresent(names::add);
    } else if (instruction instanceof Run run) {
      run.mounts().forEach(mount -> mount.from().ifPresent(names::add));
    } else if (instruction instanceof Onbuild onbuild) {
      return referenced(onbuild.trigger());
    }
    return names;
  }

  private static Set<String> names(Dockerfile dockerfile) {
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < dockerfile.stages().size(); i++) {
      names.add(Integer.toString(i));
      dockerfile.stages().get(i).name().ifPresent(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }
    return names;
  }

  private static int targetIndex(Dockerfile dockerfile, Optional<String> target) {
    int count = dockerfile.stages().size();
    if (target.isEmpty()) {
      return count - 1;
    }
    String wanted = target.get().toLowerCase(Locale.ROOT);
    for (int i = count - 1; i >= 0; i--) {
      Optional<String> name = dockerfile.stages().get(i).name();
      if (wanted.equals(Integer.toString(i))
          || name.filter(n -> n.toLowerCase(Locale.ROOT).equals(wanted)).isPresent()) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "the Dockerfile has no stage \"" + target.get() + "\"; it has " + names(dockerfile));
  }

  /** The image as a Dockerfile, each stage before those that use it. */
  static Dockerfile print(Image image) {
    if (image.base() instanceof Base.Unbound unbound
        && unbound.target().isEmpty()
        && image.steps().isEmpty()) {
      return unbound.dockerfile();
    }
    Printer printer = new Printer();
    printer.print(image, image.stageName());
    return Dockerfile.of(printer.instructions);
  }

  private static final class Printer {
    final List<Instruction> instructions = new ArrayList<>();
    private final Map<Image, String> names = new HashMap<>();

    void print(Image image, Optional<String> name) {
      List<Instruction> own = new ArrayList<>(from(image, name));
      for (Step step : image.steps()) {
        if (step instanceof Step.Written written) {
          own.add(renamed(written));
        } else {
          throw new UnsupportedOperationException(
              "a Dockerfile cannot say \"" + step + "\": it is done by the program itself");
        }
      }
      instructions.addAll(own);
    }

    private List<Instruction> from(Image image, Optional<String> name) {
      Base base = image.base();
      if (base instanceof Base.Unbound unbound) {
        return upTo(unbound);
      }
      From from;
      if (base instanceof Base.Reference reference) {
        from = From.of(reference.name());
        if (reference.platform().isPresent()) {
          from = new From(from.image(), reference.platform(), from.name(), from.range());
        }
      } else if (base instanceof Base.Stage stage) {
        from = From.of(name(stage.image()));
      } else if (base instanceof Base.Scratch) {
        from = From.of("scratch");
      } else {
        throw new UnsupportedOperationException(
            "a Dockerfile cannot say the base \"" + base + "\"");
      }
      return List.of(name.isPresent() ? from.as(name.get()) : from);
    }

    private static List<Instruction> upTo(Base.Unbound unbound) {
      Dockerfile dockerfile = unbound.dockerfile();
      List<Instruction> all = new ArrayList<>(dockerfile.globalArgs());
      int last = targetIndex(dockerfile, unbound.target());
      for (Stage stage : dockerfile.stages().subList(0, last + 1)) {
        all.add(stage.from());
        all.addAll(stage.instructions());
      }
      return all;
    }

    /** The name of a stage, which is printed first if it was not yet. */
    private String name(Image stage) {
      String known = names.get(stage);
      if (known != null) {
        return known;
      }
      String name =
          stage.stageName().filter(own -> !names.containsValue(own)).orElseGet(this::freeName);
      names.put(stage, name);
      print(stage, Optional.of(name));
      return name;
    }

    private String freeName() {
      int i = 0;
      while (names.containsValue("stage" + i)) {
        i++;
      }
      return "stage" + i;
    }

    private Instruction renamed(Step.Written written) {
      return written.stages().isEmpty()
          ? written.instruction()
          : renamed(written.instruction(), written.stages());
    }

    private Instruction renamed(Instruction instruction, Map<String, Image> stages) {
      if (instruction instanceof Onbuild onbuild) {
        return new Onbuild(renamed(onbuild.trigger(), stages), onbuild.range());
      }
      if (instruction instanceof Copy copy) {
        Optional<Image> stage = copy.from().map(stages::get);
        return stage.isPresent() ? copy.from(name(stage.get())) : copy;
      }
      Run run = (Run) instruction;
      List<RunMount> mounts = new ArrayList<>();
      for (RunMount mount : run.mounts()) {
        Optional<Image> stage = mount.from().map(stages::get);
        mounts.add(stage.isPresent() ? mount.from(name(stage.get())) : mount);
      }
      return new Run(
          run.command(),
          run.heredocs(),
          mounts,
          run.network(),
          run.security(),
          run.devices(),
          run.range());
    }
  }
}
