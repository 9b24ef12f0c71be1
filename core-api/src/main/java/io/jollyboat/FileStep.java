package io.jollyboat;

/** A step of a build that is Java code, see {@link Image#step}. */
@FunctionalInterface
public interface FileStep {
  /**
   * Changes the files of the image. What it throws fails the build with a {@link BuildException}
   * whose cause that is, and nothing of what it did is kept.
   *
   * @param files usable until this returns
   */
  void run(FileTree files) throws Exception;
}
