package io.jollyboat.build;

import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One commit of a git repository as what ADD copies. Which one is known at once, what is in it only
 * when it is asked for. Closing it deletes what was fetched. Not safe for use by several threads.
 */
final class GitCheckout implements AutoCloseable {
  private static final String COMMIT = "[0-9a-f]{40}|[0-9a-f]{64}";
  private static final String HEAD = "HEAD";

  private final GitAddress address;
  private final boolean keepGitDir;
  private final BuildStore.Changes place;
  private final Path directory;
  private final GitProgram git;
  private String wanted = "";
  private String commit = "";

  private GitCheckout(
      GitAddress address, boolean keepGitDir, BuildStore.Changes place, Optional<Path> agent) {
    this.address = address;
    this.keepGitDir = keepGitDir;
    this.place = place;
    this.directory = place.work();
    this.git = new GitProgram(directory, agent);
  }

  /**
   * Asks the remote.
   *
   * @param checksum the commit that it must be, or the start of one
   * @param agent for ssh
   * @param place where it is fetched to; closed with this
   */
  static GitCheckout find(
      GitAddress address,
      boolean keepGitDir,
      Optional<String> checksum,
      Optional<Path> agent,
      BuildStore.Changes place)
      throws IOException {
    GitCheckout found =
        new GitCheckout(address, address.keepGitDir().orElse(keepGitDir), place, agent);
    try {
      found.resolve();
      for (String expected : List.of(address.checksum(), checksum.orElse(""))) {
        if (!found.commit.startsWith(expected) && !found.wanted.startsWith(expected)) {
          throw new IllegalArgumentException(
              "the checksum is " + expected + ", but what is there is " + found.commit);
        }
      }
      return found;
    } catch (IOException | RuntimeException e) {
      found.close();
      throw e;
    }
  }

  private void resolve() throws IOException {
    if (address.ref().matches(COMMIT)) {
      wanted = address.ref();
      commit = address.ref();
      return;
    }
    String[] lines = git.run("ls-remote", address.remote()).split("\n", -1);
    String ref = address.ref().isEmpty() ? HEAD : address.ref();
    for (String name : List.of(ref, "refs/heads/" + ref, "refs/tags/" + ref)) {
      for (String line : lines) {
        if (line.endsWith("\t" + name) && wanted.isEmpty()) {
          wanted = line.substring(0, line.indexOf('\t'));
          commit = wanted;
        }
        if (line.endsWith("\t" + name + "^{}") && !wanted.isEmpty()) {
          commit = line.substring(0, line.indexOf('\t')); // what an annotated tag stands on
        }
      }
      if (!wanted.isEmpty()) {
        return;
      }
    }
    if (ref.matches("[0-9a-f]{7,39}")) {
      wanted = ref; // the start of a commit: all has to be fetched to know
      commit = ref;
      return;
    }
    throw new IllegalArgumentException(
        address.remote() + " has neither a branch nor a tag nor a commit \"" + ref + "\"");
  }

  /** What the result depends on. */
  void describe(KeyText key) {
    key.add("commit", commit);
    key.add("directory", address.directory());
    key.add("keep-git-dir", Boolean.toString(keepGitDir));
    key.add("submodules", Boolean.toString(address.submodules()));
    if (keepGitDir) {
      key.add("remote", address.remote()); // stands in .git
    }
  }

  /** Fetches the commit; its files are there until this is closed. */
  Item item() throws IOException {
    MergedTree tree = OpenContext.everything(fetched());
    Selection selection =
        new Selection(tree, FileDigests.BY_READING, DockerIgnore.none(), false, true);
    return selection.exactly("");
  }

  /** Fetches the commit and gives the directory that the address means. */
  Path fetched() throws IOException {
    Path top = Files.createDirectories(directory.resolve("tree"));
    String tree = top.toString();
    String unused = git.run("init", "--quiet", "--template=", tree);
    unused = git.run("-C", tree, "remote", "add", "origin", address.remote());
    fetch(tree);
    checkOut(tree, commit, new GitListing());
    if (!keepGitDir) {
      deleteGit(top);
    }
    giveModes(top);
    return below(top);
  }

  /**
   * Measured before anything is written: a few objects of git can stand for any number of files.
   */
  private void checkOut(String tree, String what, GitListing listing) throws IOException {
    git.stream(listing::take, "-C", tree, "ls-tree", "-r", "-l", "-z", what);
    String unused = git.run("-C", tree, "checkout", "--quiet", "--detach", what);
    Map<String, String> modules = listing.takeModules();
    if (!address.submodules()
        || modules.isEmpty()
        || Files.notExists(Path.of(tree, ".gitmodules"))) {
      return;
    }
    unused = git.run("-C", tree, "submodule", "--quiet", "init");
    String urls = "^submodule[.].*[.]url$";
    String known =
        git.run("-C", tree, "config", "--local", "-z", "--name-only", "--get-regexp", urls);
    for (String key : known.split("\0")) {
      if (!key.isEmpty()) { // instead of a checkout
        String name = key.substring(0, key.length() - ".url".length());
        unused = git.run("-C", tree, "config", "--local", name + ".update", "!true");
      }
    }
    unused = git.run("-C", tree, "submodule", "--quiet", "update", "--depth=1");
    for (Map.Entry<String, String> module : modules.entrySet()) {
      Path directory = Path.of(tree).resolve(HostNames.path(module.getKey()));
      if (Files.exists(directory.resolve(".git"))) {
        checkOut(directory.toString(), module.getValue(), listing);
      }
    }
  }

  /** One commit where the server gives it; else everything. */
  private void fetch(String tree) throws IOException {
    String unused;
    try {
      unused = git.run("-C", tree, "fetch", "--quiet", "--depth=1", "--no-tags", "origin", wanted);
    } catch (IOException e) {
      unused =
          git.run(
              "-C",
              tree,
              "fetch",
              "--quiet",
              "origin",
              "+refs/heads/*:refs/remotes/origin/*",
              "+refs/tags/*:refs/tags/*");
    }
  }

  /** Links of the repository lead nowhere outside. */
  private Path below(Path top) {
    ContextTree tree = OpenContext.everything(top);
    String path = tree.resolve(address.directory());
    Optional<TreeEntry> found = tree.find(path);
    if (found.isEmpty() || found.get().kind() != Kind.DIRECTORY) {
      throw new IllegalArgumentException(
          address.remote() + " has no directory \"" + address.directory() + "\" at " + commit);
    }
    return tree.onHost(path);
  }

  /** Git knows of a mode only whether a file is executable; the rest is this process's umask. */
  private static void giveModes(Path top) throws IOException {
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes)
              throws IOException {
            Files.setAttribute(found, "unix:mode", 0755);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              Files.setAttribute(file, "unix:mode", Files.isExecutable(file) ? 0755 : 0644);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void deleteGit(Path top) throws IOException {
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes)
              throws IOException {
            if (found.endsWith(".git")) {
              delete(found);
              return FileVisitResult.SKIP_SUBTREE;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (file.endsWith(".git")) {
              Files.delete(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void delete(Path top) throws IOException {
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path found, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(found);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void close() {
    place.close();
  }
}
