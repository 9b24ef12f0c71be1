package io.jollyboat;

/**
 * Fields of a value that are changed in a copy only. They hold immutable objects, so that a copy of
 * the references is a copy of all.
 *
 * @param <T> the class of the fields itself
 */
abstract class CopiedOptions<T extends CopiedOptions<T>> implements Cloneable {
  @SuppressWarnings("unchecked") // clone() gives an object of this one's class
  final T copy() {
    try {
      return (T) super.clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
