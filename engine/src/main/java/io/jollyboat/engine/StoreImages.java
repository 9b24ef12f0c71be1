package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ContentException;
import io.jollyboat.ImageHistory;
import io.jollyboat.ImageId;
import io.jollyboat.ImageRoot;
import io.jollyboat.Images;
import io.jollyboat.ImportSpec;
import io.jollyboat.PackageList;
import io.jollyboat.PruneSpec;
import io.jollyboat.Pruned;
import io.jollyboat.SaveSpec;
import io.jollyboat.SizeReport;
import io.jollyboat.Statement;
import io.jollyboat.StoredImage;
import io.jollyboat.Verification;
import io.jollyboat.VerifySpec;
import io.jollyboat.build.HostBase;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.store.ImageIndex;
import io.jollyboat.store.ImageStore;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The store's images, as users see them. */
final class StoreImages implements Images {
  private final ImageStore store;
  private final Statements statements;
  private final ImageIndex index;
  private final LayerTrees trees;
  private final ImageRoots roots;
  private final Function<ImageId, List<String>> users;
  private final Supplier<Function<ImageId, List<String>>> usersFromNow;
  private final Underway underway;

  /**
   * @param users the names of the containers that use an image
   * @param usersFromNow gives the same, found once
   */
  StoreImages(
      ImageStore store,
      LayerTrees trees,
      Statements statements,
      ImageRoots roots,
      Function<ImageId, List<String>> users,
      Supplier<Function<ImageId, List<String>>> usersFromNow,
      Underway underway) {
    this.store = store;
    this.statements = statements;
    this.index = store.images();
    this.trees = trees;
    this.roots = roots;
    this.users = users;
    this.usersFromNow = usersFromNow;
    this.underway = underway;
  }

  @Override
  public List<StoredImage> list() {
    return index.list();
  }

  @Override
  public List<StoredImage> listAll() {
    return index.listAll();
  }

  @Override
  public Optional<StoredImage> find(String nameOrId) {
    return index.find(nameOrId);
  }

  @Override
  public List<StoredImage> platforms(String reference) {
    return store.platforms().of(ImageReference.parse(reference));
  }

  @Override
  public void tag(ImageId id, String reference) {
    index.tag(id, ImageReference.parse(reference));
  }

  @Override
  public SizeReport sizes(String nameOrId) {
    return store.facts().sizes(nameOrId);
  }

  @Override
  public PackageList packages(String nameOrId) {
    return underway.call(
        "the search for packages of " + nameOrId, () -> statements.packages(nameOrId));
  }

  @Override
  public String statement(String nameOrId, Statement statement) {
    return underway.call(
        "the statement about " + nameOrId, () -> statements.json(nameOrId, statement));
  }

  @Override
  public void remove(String nameOrId) {
    index.remove(nameOrId, users);
  }

  @Override
  public void untag(String reference) {
    index.untag(ImageReference.parse(reference));
  }

  @Override
  public List<ImageHistory> history(String nameOrId) {
    return index.history(nameOrId);
  }

  @Override
  public void pin(ImageId id) {
    store.retention().pin(id, true);
  }

  @Override
  public void unpin(ImageId id) {
    store.retention().pin(id, false);
  }

  @Override
  public List<StoredImage> pinned() {
    return index.listAll().stream()
        .filter(image -> store.retention().isPinned(image.id()))
        .toList();
  }

  @Override
  public Pruned prune(UnaryOperator<PruneSpec> options) {
    PruneSpec spec = options.apply(PruneSpec.defaults());
    return underway.call(
        "the pruning of images", () -> store.retention().prune(spec, usersFromNow.get()));
  }

  @Override
  public StoredImage importTar(Path archive, UnaryOperator<ImportSpec> options) {
    ImportSpec spec = options.apply(ImportSpec.defaults());
    return underway.call(
        "the import of " + archive, () -> new ImageImport(store).importTar(archive, spec));
  }

  @Override
  public StoredImage importTar(InputStream archive, UnaryOperator<ImportSpec> options) {
    ImportSpec spec = options.apply(ImportSpec.defaults());
    return underway.call(
        "the import of an archive", () -> new ImageImport(store).importTar(archive, spec));
  }

  @Override
  public InputStream export(String nameOrId) {
    return new ImageExport(store, trees).export(nameOrId);
  }

  @Override
  public void save(List<String> namesOrIds, Path destination, UnaryOperator<SaveSpec> options) {
    SaveSpec spec = options.apply(SaveSpec.defaults());
    saving(namesOrIds, () -> store.save(namesOrIds, destination, spec));
  }

  @Override
  public void save(List<String> namesOrIds, OutputStream archive, UnaryOperator<SaveSpec> options) {
    SaveSpec spec = options.apply(SaveSpec.defaults());
    saving(namesOrIds, () -> store.save(namesOrIds, archive, spec));
  }

  private void saving(List<String> namesOrIds, Runnable save) {
    for (String asked : namesOrIds) {
      if (index.find(asked).filter(image -> HostBase.isOn(image.config())).isPresent()) {
        throw new ConflictException(
            asked
                + " is built on this machine's own programs and means nothing elsewhere: it is"
                + " never saved",
            asked);
      }
    }
    boolean unused =
        underway.call(
            "the saving of images",
            () -> {
              save.run();
              return true;
            });
  }

  @Override
  public List<StoredImage> load(Path source) {
    return underway.call("the loading of " + source, () -> store.load(source, StoreImages::check));
  }

  @Override
  public List<StoredImage> load(InputStream archive) {
    return underway.call(
        "the loading of an archive", () -> store.load(archive, StoreImages::check));
  }

  @Override
  public Verification verify(UnaryOperator<VerifySpec> options) {
    VerifySpec spec = options.apply(VerifySpec.defaults());
    return underway.call("the verification of the store", () -> store.verify(spec, users));
  }

  @Override
  public ImageRoot root(ImageId id) {
    return roots.open(id);
  }

  private static void check(ImageConfig config) {
    if (HostBase.isOn(config)) {
      throw new ContentException(
          "image " + config.id() + " claims this machine's own programs as its base: refused",
          config.id(),
          null);
    }
  }
}
