package io.jollyboat.build;

import io.jollyboat.FileTree;
import io.jollyboat.FileTree.Entry;
import io.jollyboat.FileTree.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * All below a directory. What a directory holds is read only after who asks has seen the directory,
 * and may have deleted it. Not safe for use by several threads.
 */
final class TreeWalk implements Iterator<Entry> {
  private final FileTree files;
  private final Deque<Iterator<Entry>> open = new ArrayDeque<>();
  private Optional<Entry> last = Optional.empty();

  TreeWalk(FileTree files, String directory) {
    this.files = files;
    open.push(files.list(directory).iterator());
  }

  Stream<Entry> stream() {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  @Override
  public boolean hasNext() {
    last.filter(this::isStillDirectory).ifPresent(seen -> open.push(below(seen)));
    last = Optional.empty();
    while (!open.isEmpty() && !open.peek().hasNext()) {
      open.pop();
    }
    return !open.isEmpty();
  }

  private boolean isStillDirectory(Entry seen) {
    return seen.kind() == Kind.DIRECTORY
        && files.find(seen.path()).filter(now -> now.kind() == Kind.DIRECTORY).isPresent();
  }

  private Iterator<Entry> below(Entry directory) {
    List<Entry> names = files.list(directory.path());
    return names.iterator();
  }

  @Override
  public Entry next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Entry entry = open.element().next();
    last = Optional.of(entry);
    return entry;
  }
}
