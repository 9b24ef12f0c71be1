package io.jollyboat.engine;

import io.jollyboat.linux.rootfs.ContainerTree;

/**
 * The files of a container while somebody copies them. Not safe for use by several threads.
 *
 * @param release told when nobody needs what was held for it
 */
record FileView(ContainerTree tree, Runnable release) implements AutoCloseable {
  @Override
  public void close() {
    tree.close();
    release.run();
  }
}
