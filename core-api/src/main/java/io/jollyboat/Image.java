package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.dockerfile.Cmd;
import io.jollyboat.dockerfile.Copy;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.dockerfile.Entrypoint;
import io.jollyboat.dockerfile.Env;
import io.jollyboat.dockerfile.Expose;
import io.jollyboat.dockerfile.Instruction;
import io.jollyboat.dockerfile.Label;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.dockerfile.User;
import io.jollyboat.dockerfile.Warning;
import io.jollyboat.dockerfile.Word;
import io.jollyboat.dockerfile.Workdir;
import io.jollyboat.oci.Platform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How to make an image: a base and instructions. A value; nothing happens until an engine builds
 * it.
 *
 * <pre>{@code
 * Image image = Image.from("node:8.4-alpine")
 *     .workdir("/opt/helloworld")
 *     .copy(".", ".")
 *     .run("npm install")
 *     .expose(3000)
 *     .cmd("npm", "start");
 * }</pre>
 */
@CheckReturnValue
public final class Image {
  private final Base base;
  private final List<Step> steps;
  private final Optional<String> stageName;
  private final Map<String, Image> stages;
  private final Map<String, String> globals;
  private final Optional<Dockerfile> source;
  private final int hash; // images hold images: computed once, or a diamond of stages costs 2^n

  private Image(
      Base base,
      List<Step> steps,
      Optional<String> stageName,
      Map<String, Image> stages,
      Map<String, String> globals,
      Optional<Dockerfile> source) {
    this.base = base;
    this.steps = steps;
    this.stageName = stageName;
    this.stages = stages;
    this.globals = globals;
    this.source = source;
    this.hash = Objects.hash(base, steps, stageName, globals);
  }

  private static Image on(Base base) {
    return on(base, Optional.empty());
  }

  static Image on(Base base, Optional<String> stageName) {
    return stage(base, List.of(), stageName, Map.of());
  }

  static Image stage(
      Base base, List<Step> steps, Optional<String> stageName, Map<String, String> globals) {
    return new Image(
        base, List.copyOf(steps), stageName, Map.of(), Map.copyOf(globals), Optional.empty());
  }

  /** On a named image, pulled when missing. */
  public static Image from(String reference) {
    return on(new Base.Reference(Word.literal(reference), Optional.empty()));
  }

  /** On a named image's variant for a platform, whatever the build's is. */
  public static Image from(String reference, Platform platform) {
    return on(
        new Base.Reference(
            Word.literal(reference), Optional.of(Word.literal(platform.toString()))));
  }

  /** On anything in the store, any step of a build too. */
  public static Image from(ImageId id) {
    return on(new Base.Stored(id));
  }

  /** A new stage on another one; equal stages are one, and run once. */
  public static Image from(Image stage) {
    return on(new Base.Stage(stage));
  }

  /** On nothing. */
  public static Image scratch() {
    return on(new Base.Scratch());
  }

  /**
   * On this machine's programs without its data: read-only views of {@code /usr}, {@code /bin},
   * {@code /sbin}, {@code /lib*}, the Java runtime and of {@code /etc} less what others cannot
   * read, in a user namespace of their own. Writable everywhere else. Its steps are kept until this
   * machine's packages change or it boots anew; it is never pushed.
   */
  public static Image host() {
    return on(new Base.Host(Optional.empty()));
  }

  /** {@link #host()} whose steps are kept as long as the key is the same. */
  public static Image host(String key) {
    return on(new Base.Host(Optional.of(key)));
  }

  /** The last stage of a Dockerfile; its ARGs stay unbound until it is built. */
  public static Image of(Dockerfile dockerfile) {
    return StageLinks.of(dockerfile, Optional.empty()).readFrom(dockerfile);
  }

  /**
   * A stage of a Dockerfile.
   *
   * @param target a stage's name or number
   */
  public static Image of(Dockerfile dockerfile, String target) {
    return StageLinks.of(dockerfile, Optional.of(target)).readFrom(dockerfile);
  }

  /** Names the stage ({@code AS}); one without a name is printed as stage0, stage1 and so on. */
  public Image named(String stage) {
    return new Image(base, steps, Optional.of(stage), stages, globals, source);
  }

  /** Runs text by the image's shell. */
  public Image run(String shellText) {
    return with(Run.shell(shellText));
  }

  /** Copies from the build's context, as COPY does: wildcards, and {@code .dockerignore}. */
  public Image copy(String source, String destination) {
    return with(Copy.of(source).to(destination));
  }

  /** Copies from another stage. */
  public Image copyFrom(Image stage, String source, String destination) {
    String name = stage.stageName.orElseGet(() -> freeName(stage));
    return using(name, stage).with(Copy.of(source).to(destination).from(name));
  }

  private String freeName(Image stage) {
    for (int i = 0; ; i++) {
      String name = "stage" + i;
      Image known = stages.get(name);
      if (known == null || known.equals(stage)) {
        return name;
      }
    }
  }

  /** What {@code from} means in a COPY or a mount of a later instruction. */
  public Image using(String name, Image stage) {
    Map<String, Image> more = new LinkedHashMap<>(stages);
    more.put(name, stage);
    return new Image(base, steps, stageName, Map.copyOf(more), globals, source);
  }

  /** Files from this program: no context, no shell, one layer. */
  public Image files(FileSet files) {
    return plus(new Step.Files(files));
  }

  /**
   * Makes one layer of all that is below, a base's layers too: the same files, without those that
   * later layers had deleted or replaced. Configuration and history are kept.
   */
  public Image squash() {
    return plus(new Step.Squash());
  }

  /**
   * Changes files by Java code, which needs no program of the image.
   *
   * <pre>{@code
   * image.step("strip docs", files -> files.delete("/usr/share/doc"))
   * }</pre>
   *
   * @param key stands for what the code does: where the image below is the same, a step of the same
   *     key is taken from the cache, so what the code depends on belongs into it
   */
  public Image step(String key, FileStep code) {
    return plus(new Step.Code(key, code));
  }

  public Image env(String name, String value) {
    return with(Env.of(name, value));
  }

  /** Sets a variable to expanded text: {@code env("PATH", Word.of("/opt/bin:$PATH"))}. */
  public Image env(String name, Word value) {
    return with(Env.of(name, value));
  }

  public Image label(String name, String value) {
    return with(Label.of(name, value));
  }

  public Image workdir(String path) {
    return with(Workdir.of(path));
  }

  public Image user(String user) {
    return with(User.of(user));
  }

  /** Says that the image serves a TCP port. */
  public Image expose(int tcpPort) {
    return with(Expose.tcp(Ports.check(tcpPort)));
  }

  /**
   * What a container executes.
   *
   * @throws IllegalArgumentException for one word with a blank, which is most likely a command line
   */
  public Image entrypoint(String... words) {
    checkWords("entrypoint", words);
    return with(Entrypoint.exec(words));
  }

  /**
   * What a container executes, or the arguments of its entrypoint.
   *
   * @throws IllegalArgumentException for one word with a blank, which is most likely a command line
   */
  public Image cmd(String... words) {
    checkWords("cmd", words);
    return with(Cmd.exec(words));
  }

  private static void checkWords(String call, String... words) {
    if (words.length == 1 && words[0].contains(" ")) {
      String type = call.equals("cmd") ? "Cmd" : "Entrypoint";
      throw new IllegalArgumentException(
          call
              + "(\""
              + words[0]
              + "\") would execute a program whose name has a blank: give each word by itself, "
              + call
              + "(\""
              + String.join("\", \"", words[0].split(" +"))
              + "\"), or ask for a shell, with("
              + type
              + ".shell(\""
              + words[0]
              + "\"))");
    }
  }

  /** Any instruction with any flag: {@code with(Run.shell("npm ci").cache("/root/.npm"))}. */
  public Image with(Instruction instruction) {
    Map<String, Image> used = new LinkedHashMap<>();
    for (String name : StageLinks.referenced(instruction)) {
      Image stage = stages.get(name);
      if (stage != null) {
        used.put(name, stage);
      }
    }
    return plus(new Step.Written(instruction, Map.copyOf(used)));
  }

  private Image plus(Step step) {
    List<Step> more = new ArrayList<>(steps);
    more.add(step);
    return new Image(base, List.copyOf(more), stageName, stages, globals, source);
  }

  /**
   * As a Dockerfile that a person would write.
   *
   * @throws UnsupportedOperationException naming the step that the language cannot say
   */
  public Dockerfile toDockerfile() {
    return StageLinks.print(this);
  }

  public Base base() {
    return base;
  }

  public List<Step> steps() {
    return steps;
  }

  /** The name that {@link #named} gave. */
  public Optional<String> stageName() {
    return stageName;
  }

  private Image readFrom(Dockerfile dockerfile) {
    return new Image(base, steps, stageName, stages, globals, Optional.of(dockerfile));
  }

  /** What the text that it was read from should better say; no part of what makes images equal. */
  public List<Warning> warnings() {
    return source.map(Dockerfile::warnings).orElse(List.of());
  }

  /** The text that it was read from; no part of what makes images equal. */
  public Optional<Dockerfile> source() {
    return source;
  }

  /** The values of the ARGs before the first FROM: what a stage's ARG without a value takes. */
  public Map<String, String> globals() {
    return globals;
  }

  /**
   * This image with the arguments of its FROM lines bound, when it has any: its base is then no
   * {@link Base.Unbound}.
   *
   * @param arguments of the build, and the platform arguments, by name
   */
  public Image bind(Map<String, String> arguments) {
    if (!(base instanceof Base.Unbound unbound)) {
      return this;
    }
    Image bound = StageLinks.bind(unbound, arguments);
    List<Step> all = new ArrayList<>(bound.steps);
    all.addAll(steps);
    return new Image(
        bound.base,
        List.copyOf(all),
        stageName.isPresent() ? stageName : bound.stageName,
        stages,
        bound.globals,
        source);
  }

  /**
   * This image with names that mean other images: in its base, and in the {@code from} of its own
   * steps; stages below it stay as they are.
   *
   * @param named by the names that FROM and {@code from} may have
   */
  public Image renamed(Map<String, Image> named) {
    if (named.isEmpty()) {
      return this;
    }
    List<Step> changed = new ArrayList<>();
    for (Step step : steps) {
      changed.add(step instanceof Step.Written written ? written.renamed(named) : step);
    }
    return new Image(
        renamed(base, named), List.copyOf(changed), stageName, stages, globals, source);
  }

  private static Base renamed(Base base, Map<String, Image> named) {
    Optional<String> name =
        base instanceof Base.Reference reference
            ? Optional.of(reference.name().value())
            : base instanceof Base.Stage stage ? stage.image().stageName : Optional.empty();
    Optional<Image> image = name.map(named::get);
    return image.isPresent() ? new Base.Stage(image.get()) : base;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Image that
            && hash == that.hash
            && base.equals(that.base)
            && steps.equals(that.steps)
            && stageName.equals(that.stageName)
            && globals.equals(that.globals));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return "image on " + base + " with " + steps.size() + " steps";
  }

  /** What an image is built on. Immutable. */
  public sealed interface Base {
    /** A name, and for which platform where the text says so. */
    record Reference(Word name, Optional<Word> platform) implements Base {
      @Override
      public String toString() {
        return name.toString();
      }
    }

    /** An image of the store. */
    record Stored(ImageId id) implements Base {}

    /** Another stage. */
    record Stage(Image image) implements Base {}

    /** Nothing. */
    record Scratch() implements Base {}

    /** This machine's programs. */
    record Host(Optional<String> key) implements Base {}

    /** A stage of a Dockerfile whose FROM lines have arguments that a build binds. */
    record Unbound(Dockerfile dockerfile, Optional<String> target) implements Base {}
  }

  /** One thing that is done. Immutable. */
  public sealed interface Step {
    /**
     * An instruction of the Dockerfile language.
     *
     * @param stages what the names in its {@code from} flags mean; names that are not here are
     *     images
     */
    record Written(Instruction instruction, Map<String, Image> stages) implements Step {
      public Written {
        stages = Map.copyOf(stages);
      }

      Written renamed(Map<String, Image> named) {
        Map<String, Image> more = new LinkedHashMap<>(stages);
        for (String name : StageLinks.referenced(instruction)) {
          Image image = named.get(name);
          if (image != null) {
            more.put(name, image);
          }
        }
        return new Written(instruction, more);
      }
    }

    /** Files of the program. */
    record Files(FileSet files) implements Step {}

    /** All layers become one. */
    record Squash() implements Step {
      @Override
      public String toString() {
        return "SQUASH";
      }
    }

    /** Java code; equal to that of the same key. */
    final class Code implements Step {
      private final String key;
      private final FileStep code;

      Code(String key, FileStep code) {
        if (key.isBlank() || key.lines().count() > 1) {
          throw new IllegalArgumentException("a step's key is one line, not \"" + key + "\"");
        }
        this.key = key;
        this.code = code;
      }

      public String key() {
        return key;
      }

      public FileStep code() {
        return code;
      }

      @Override
      public boolean equals(Object other) {
        return other instanceof Code that && key.equals(that.key);
      }

      @Override
      public int hashCode() {
        return key.hashCode();
      }

      @Override
      public String toString() {
        return "STEP " + key;
      }
    }
  }
}
