package io.jollyboat.build;

import io.jollyboat.Progress;
import io.jollyboat.dockerfile.Add;
import io.jollyboat.dockerfile.Copy;
import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.dockerfile.Heredoc;
import io.jollyboat.dockerfile.Transfer;
import io.jollyboat.dockerfile.Word;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.FileNames;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** COPY and ADD. Not safe for use by several threads. */
final class TransferStep implements StepWork {
  private final StepBase base;
  private final Transfer instruction;
  private final StageSources.Named stages;
  private final Progress progress;
  private final String createdBy;
  private final List<Download> downloads = new ArrayList<>();
  private final SortedMap<Integer, GitCheckout> checkouts = new TreeMap<>();
  private @Nullable List<Item> selected;

  /**
   * @param instruction expanded
   */
  TransferStep(
      StepBase base,
      Transfer instruction,
      StageSources.Named stages,
      Progress progress,
      String createdBy) {
    this.base = base;
    this.instruction = instruction;
    this.stages = stages;
    this.progress = progress;
    this.createdBy = createdBy;
  }

  @Override
  public void describe(KeyText key) throws IOException {
    InstructionKey.write(instruction, key);
    instruction.placement().excludes().forEach(pattern -> key.add("exclude", pattern));
    Optional<String> from = from();
    Optional<OpenContext> named = from.flatMap(stages::directory);
    if (named.isPresent()) {
      selected = fromDirectory(named.get(), from.get());
      key.addDigest("content", content(selected));
    } else if (from.isPresent()) {
      key.add("content", contentOf(stages.config(from.get())));
    } else if (!instruction.sources().isEmpty()) {
      selected = fromContext();
      key.addDigest("content", content(selected));
      checkouts.values().forEach(checkout -> checkout.describe(key));
    }
  }

  private Optional<String> from() {
    return instruction instanceof Copy copy ? copy.from() : Optional.empty();
  }

  private static KeyText content(List<Item> items) {
    KeyText text = new KeyText();
    items.forEach(item -> item.describe(text));
    return text;
  }

  /** What is copied from an image is read once for its layers, and known by them later. */
  private String contentOf(ImageConfig source) throws IOException {
    KeyText question = new KeyText().add("version", "1");
    source.diffIds().forEach(layer -> question.add("layer", layer.toString()));
    question.addAll("source", sources());
    question.addAll("exclude", instruction.placement().excludes());
    question.add("parents", Boolean.toString(keepsParents()));
    ContentSums sums = new ContentSums(base.build().store().root());
    Optional<String> known = sums.find(question.digest());
    if (known.isPresent()) {
      return known.get();
    }
    try (MergedTree tree = tree(source)) {
      String content = content(fromImage(tree)).digest().toString();
      sums.put(question.digest(), content);
      return content;
    }
  }

  private MergedTree tree(ImageConfig source) {
    return base.build().trees().merge(base.build().store().layersTopFirst(source));
  }

  private List<String> sources() {
    return instruction.sources().stream().map(Word::value).toList();
  }

  private boolean keepsParents() {
    return instruction instanceof Copy copy && copy.parents();
  }

  private List<Item> fromImage(MergedTree tree) {
    List<Item> items = new ArrayList<>();
    for (String source : sources()) {
      items.addAll(select(tree, FileDigests.BY_READING, Optional.empty(), source, "the image"));
    }
    return items;
  }

  private List<Item> fromDirectory(OpenContext directory, String name) {
    List<Item> items = new ArrayList<>();
    for (String source : sources()) {
      items.addAll(ofContext(directory, source, "the context " + name));
    }
    return items;
  }

  private List<Item> ofContext(OpenContext directory, String source, String where) {
    return select(directory.tree(), directory.digests(), Optional.of(directory), source, where);
  }

  private List<Item> fromContext() throws IOException {
    List<Item> items = new ArrayList<>();
    for (String source : sources()) {
      if (Remote.isAddress(source)) {
        Remote.check(source, instruction instanceof Add);
        Optional<GitAddress> git = GitAddress.parse(source);
        if (git.isPresent()) {
          checkouts.put(items.size() + checkouts.size(), checkout(git.get()));
        } else {
          items.add(fetched(source));
        }
      } else {
        items.addAll(ofContext(base.build().requiredContext(), source, "the build context"));
      }
    }
    if (checksum().isPresent()
        && (instruction.sources().size() != 1 || (downloads.isEmpty() && checkouts.isEmpty()))) {
      throw new IllegalArgumentException("--checksum is for the one source that is fetched");
    }
    return items;
  }

  private GitCheckout checkout(GitAddress address) throws IOException {
    return GitCheckout.find(
        address,
        instruction instanceof Add add && add.keepGitDir(),
        checksum(),
        Optional.ofNullable(base.build().spec().sshAgents().get("default")),
        base.build().store().begin());
  }

  /** What was selected, and the repositories between. */
  private List<Item> withCheckouts(List<Item> items) throws IOException {
    List<Item> all = new ArrayList<>(items);
    for (Map.Entry<Integer, GitCheckout> checkout : checkouts.entrySet()) {
      all.add(checkout.getKey(), checkout.getValue().item());
    }
    return all;
  }

  private Item fetched(String address) throws IOException {
    Download download = Download.fetch(base.build().web(), address, base.build().store().begin());
    downloads.add(download);
    if (checksum().isPresent()) {
      download.check(checksum().get());
    }
    return download.item();
  }

  private Optional<String> checksum() {
    return instruction instanceof Add add ? add.checksum().map(Word::value) : Optional.empty();
  }

  private List<Item> select(
      MergedTree tree,
      FileDigests digests,
      Optional<OpenContext> context,
      String source,
      String where) {
    DockerIgnore excluded = DockerIgnore.of(instruction.placement().excludes());
    Selection selection =
        new Selection(tree, digests, excluded, keepsParents(), context.isPresent());
    try {
      List<Item> found = selection.select(source);
      if (found.isEmpty()) {
        progress.warning(
            instruction.keyword()
                + " "
                + source
                + ": nothing in "
                + where
                + " matches, nothing is copied");
      }
      return found;
    } catch (SourceMatches.MissingSource e) {
      throw new IllegalArgumentException(missing(e, context, where), e);
    }
  }

  private static String missing(
      SourceMatches.MissingSource e, Optional<OpenContext> context, String where) {
    StringBuilder text = new StringBuilder();
    text.append('"').append(e.source()).append("\" is not in ").append(where);
    if (context.isPresent()) {
      text.append(' ').append(context.get().tree().root());
      if (context.get().isIgnored(TreePath.clean(e.source()))) {
        return text.append(": its .dockerignore leaves it out").toString();
      }
    }
    e.closest().ifPresent(name -> text.append("; did you mean \"").append(name).append("\"?"));
    return text.toString();
  }

  @Override
  public ImageConfig execute(Progress.Step step) throws IOException {
    Optional<String> from = from();
    if (from.isEmpty() || selected != null) {
      return finished(withCheckouts(selected == null ? List.of() : selected));
    }
    try (MergedTree tree = tree(stages.config(from.get()))) {
      return finished(fromImage(tree));
    }
  }

  private ImageConfig finished(List<Item> found) throws IOException {
    List<Item> items = new ArrayList<>(found);
    instruction.inline().forEach(file -> items.add(inline(file)));
    List<Item> fetched = downloads.stream().map(Download::item).toList();
    try (Archives archives = new Archives(base.build().store())) {
      LayerPlan plan = new LayerPlan(base.tree(), marks());
      place(instruction instanceof Add add ? archives.unpacked(items, add, fetched) : items, plan);
      HostBase.checkWritable(base.config(), plan.pieces());
      Optional<Digest> layer = base.build().store().write(base.config().diffIds(), clamped(plan));
      return base.finished(base.config().toBuilder(), layer, createdBy);
    }
  }

  private List<Piece> clamped(LayerPlan plan) {
    return plan.pieces().stream().map(piece -> piece.clamped(base.build().latest())).toList();
  }

  private void place(List<Item> items, LayerPlan plan) {
    String written = instruction.destination().value();
    String destination = TreePath.absolute(base.config().workingDir().orElse("/"), written);
    boolean isDirectory =
        written.endsWith("/") || written.endsWith("/.") || written.equals(".") || keepsParents();
    long files = items.stream().filter(item -> !item.intoDirectory()).count();
    if (files > 1 && !isDirectory && !plan.isDirectoryAt(destination)) {
      throw new IllegalArgumentException(
          "several files cannot become one, \""
              + written
              + "\": end the destination with a slash to copy them into a directory");
    }
    for (Item item : items) {
      plan.copy(item, destination, isDirectory || files > 1);
    }
  }

  private LayerPlan.Marks marks() {
    return new LayerPlan.Marks(
        instruction.placement().chown().map(Word::value).map(base.accounts()::owner),
        instruction.placement().chmod().map(Word::value).map(Permissions::parse),
        FileTimes.seconds(base.build().now()),
        instruction.placement().link());
  }

  private Item inline(Heredoc file) {
    byte[] content = FileNames.encode(file.text());
    FileAttributes attributes =
        new FileAttributes(0644, 0, 0, FileTimes.seconds(base.build().now()));
    return Item.file(
        new Piece(
            TreeEntry.file(file.name(), attributes, content.length),
            Optional.empty(),
            () -> new ByteArrayInputStream(content)));
  }

  @Override
  public void close() throws IOException {
    for (Download download : downloads) {
      download.close();
    }
    for (GitCheckout checkout : checkouts.values()) {
      checkout.close();
    }
  }
}
