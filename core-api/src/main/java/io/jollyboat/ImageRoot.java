package io.jollyboat;

import java.nio.file.Path;

/**
 * The files of an image, mounted for reading until this is closed. The mount is in no mount
 * namespace: no other process sees it, and the kernel takes it away with this process. The image's
 * layers stay meanwhile. Safe for use by several threads.
 */
public interface ImageRoot extends AutoCloseable {
  /** Whose files they are. */
  StoredImage image();

  /**
   * The root directory, for this process alone, and only while this is open: later the path may
   * lead to something else. Nothing can be written or executed below it, devices cannot be opened,
   * and no symbolic link is followed: to do so is an error of the file system, since an absolute
   * one would lead to this machine's files. {@link #resolve} follows them inside the image. {@link
   * Path#toRealPath} has no answer that means anything.
   *
   * @throws ConflictException when this is closed
   */
  Path path();

  /**
   * A path in the image with every symbolic link on it replaced, its end too, absolute ones from
   * the image's root; {@code ..} does not lead out. What does not exist is kept as it is.
   *
   * @param path such as {@code /bin/sh}
   * @throws ConflictException when this is closed
   * @throws StoreException when links loop
   */
  Path resolve(String path);

  /** Unmounts; what is open in it can still be read. */
  @Override
  void close();
}
