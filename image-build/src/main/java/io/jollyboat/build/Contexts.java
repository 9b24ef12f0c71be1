package io.jollyboat.build;

import io.jollyboat.BuildContext;
import io.jollyboat.BuildException;
import io.jollyboat.BuildSpec;
import io.jollyboat.Image;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Progress;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.store.TreeArchive;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of one build: directories as they are, all else unpacked into directories that are
 * gone when this is closed, or when the store is opened anew. Not safe for use by several threads.
 */
final class Contexts implements AutoCloseable {
  private static final String MAIN = "the build context";

  /** As much as may have to be read of a compressed stream to see a tar's first block. */
  private static final int LOOK_AHEAD = 4 << 20;

  private final BuildSpec spec;
  private final BuildStore store;
  private final LayerTrees trees;
  private final DirectoryDigests digests;
  private final Progress progress;
  private final List<Runnable> closing = new ArrayList<>();
  private final List<ContextDigests> kept = new ArrayList<>();
  private final Map<BuildContext.Stream, InputStream> begun = new HashMap<>();
  private Optional<String> inside = Optional.empty();
  private Optional<String> text = Optional.empty();
  private @Nullable Place main;
  private @Nullable Map<String, OpenContext> named;

  Contexts(
      BuildSpec spec,
      BuildStore store,
      LayerTrees trees,
      DirectoryDigests digests,
      Progress progress) {
    this.progress = progress;
    this.spec = spec;
    this.store = store;
    this.trees = trees;
    this.digests = digests;
  }

  /** Where a context's files are. */
  private record Place(Path root, ContextDigests digests) {}

  /** An image whose text, if it had any, was read already. */
  Image recipe(Image image) {
    if (spec.dockerfile().isPresent() || spec.target().isPresent()) {
      throw new IllegalArgumentException(
          "dockerfile(...) and target(...) are for a build without an Image; of text say"
              + " Image.of(Dockerfile.parse(file), target)");
    }
    return image;
  }

  /**
   * The image of the Dockerfile in the context, or of the one that came instead of a context.
   *
   * @throws BuildException there is none
   */
  Image dockerfile() {
    BuildContext context =
        spec.context()
            .orElseThrow(
                () ->
                    failure(
                        MAIN,
                        "there is none to find a Dockerfile in: name a directory with context(...)",
                        null));
    if (context instanceof BuildContext.Stream stream) {
      text = textOf(stream);
    }
    return read(text.isPresent() ? Dockerfile.parse(text.get()) : parse());
  }

  /** What is no archive is a Dockerfile. */
  private Optional<String> textOf(BuildContext.Stream stream) {
    BufferedInputStream in = new BufferedInputStream(stream.content(), 1 << 16);
    begun.put(stream, in);
    try {
      in.mark(LOOK_AHEAD);
      boolean archive = TreeArchive.isArchive(in);
      in.reset();
      return archive ? Optional.empty() : Optional.of(OpenContext.text(in, "the Dockerfile"));
    } catch (IOException e) {
      throw failed(MAIN, e);
    }
  }

  private Image read(Dockerfile dockerfile) {
    return spec.target().isPresent()
        ? Image.of(dockerfile, spec.target().get())
        : Image.of(dockerfile);
  }

  private Dockerfile parse() {
    Place place = main();
    ContextTree tree = OpenContext.everything(place.root());
    String path = spec.dockerfile().orElseGet(() -> usualName(tree));
    inside = Optional.of(path);
    try {
      List<String> found = new SourceMatches(tree).find(literal(path));
      if (found.isEmpty()) { // of a name with wildcards
        throw failure(MAIN, "it has no file \"" + path + "\"", null);
      }
      String name =
          spec.context().orElseThrow() instanceof BuildContext.Directory
              ? place.root().resolve(path).toString()
              : path;
      return Dockerfile.parse(OpenContext.text(tree, found.get(0)), name);
    } catch (SourceMatches.MissingSource e) {
      String like = e.closest().map(close -> "; did you mean \"" + close + "\"?").orElse("");
      throw failure(MAIN, "it has no file \"" + path + "\"" + like, e);
    } catch (IOException | UncheckedIOException e) {
      throw failed(MAIN, e);
    }
  }

  /** As BuildKit looks for it. */
  private static String usualName(ContextTree tree) {
    try {
      List<String> unused = new SourceMatches(tree).find("Dockerfile");
      return "Dockerfile";
    } catch (SourceMatches.MissingSource e) {
      return e.closest().filter("dockerfile"::equals).orElse("Dockerfile");
    } catch (UncheckedIOException e) {
      throw failed(MAIN, e);
    }
  }

  /** A name in which nothing is a wildcard. */
  private static String literal(String path) {
    return path.replaceAll("[*?\\[\\\\]", "\\\\$0");
  }

  /** Whether there is a context to copy from. */
  boolean hasMain() {
    return spec.context().isPresent() && text.isEmpty();
  }

  /**
   * @param dockerfile that the image was read from, when it was a file
   */
  Optional<OpenContext> main(Optional<Path> dockerfile) {
    if (!hasMain()) {
      return Optional.empty();
    }
    Place place = main();
    return Optional.of(
        inside.isPresent()
            ? OpenContext.ofInside(place.root(), place.digests(), inside.get())
            : OpenContext.of(place.root(), place.digests(), dockerfile));
  }

  private Place main() {
    Place known = main;
    if (known == null) {
      known = place(MAIN, spec.context().orElseThrow());
      main = known;
    }
    return known;
  }

  Map<String, OpenContext> named() {
    Map<String, OpenContext> known = named;
    if (known == null) {
      known = open();
      named = known;
    }
    return known;
  }

  private Map<String, OpenContext> open() {
    Map<String, OpenContext> all = new HashMap<>();
    spec.contexts()
        .forEach(
            (name, context) -> {
              Place place = place("the context " + name, context);
              all.put(name, OpenContext.of(place.root(), place.digests(), Optional.empty()));
            });
    return Map.copyOf(all);
  }

  private Place place(String what, BuildContext context) {
    if (context instanceof BuildContext.Directory directory) {
      if (!Files.isDirectory(directory.path())) {
        throw failure(what, directory.path() + " is not a directory", null);
      }
      ContextDigests known = digests.of(directory.path());
      kept.add(known);
      return new Place(directory.path(), known);
    }
    try {
      BuildStore.Changes changes = store.begin();
      closing.add(0, changes::close);
      Path root = unpacked(context, changes);
      return new Place(root, new ContextDigests(changes.work().resolve("digests")));
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw failed(what, e);
    }
  }

  private Path unpacked(BuildContext context, BuildStore.Changes changes) throws IOException {
    Path root = changes.work().resolve("context");
    if (context instanceof BuildContext.Archive archive) {
      try (InputStream in = Files.newInputStream(archive.file())) {
        ContextFiles.unpack(in, trees, root);
      }
    } else if (context instanceof BuildContext.Stream stream) {
      InputStream in = begun.get(stream);
      ContextFiles.unpack(in == null ? stream.content() : in, trees, root);
    } else if (context instanceof BuildContext.Files files) {
      ContextFiles.write(files.files(), trees, root);
    } else {
      return repository(((BuildContext.Git) context).address());
    }
    return root;
  }

  private Path repository(String written) throws IOException {
    GitAddress address =
        GitAddress.parse(written)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        written + " is no address of a git repository: end it with .git"));
    Optional<Path> agent = Optional.ofNullable(spec.sshAgents().get("default"));
    GitCheckout checkout = GitCheckout.find(address, false, Optional.empty(), agent, store.begin());
    closing.add(0, checkout::close);
    return checkout.fetched();
  }

  private static RuntimeException failed(String what, Exception e) {
    Optional<InterruptedOperationException> interrupted = Interruptions.in(e, "reading " + what);
    return interrupted.isPresent()
        ? interrupted.get()
        : failure(what, String.valueOf(e.getMessage()), e);
  }

  private static BuildException failure(String what, String problem, @Nullable Exception cause) {
    return new BuildException(
        what + ": " + problem,
        new Progress.Step(0, 0, "", what),
        OptionalInt.empty(),
        "",
        Optional.empty(),
        Optional.empty(),
        cause);
  }

  @Override
  public void close() {
    for (ContextDigests digestsOfOne : kept) {
      try {
        digestsOfOne.save();
      } catch (IOException e) {
        progress.warning("the digests of the build context cannot be kept: " + e.getMessage());
      }
    }
    Optional<RuntimeException> failure = Optional.empty();
    for (Runnable one : closing) {
      try {
        one.run();
      } catch (RuntimeException e) {
        failure.ifPresent(e::addSuppressed);
        failure = Optional.of(e);
      }
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
  }
}
