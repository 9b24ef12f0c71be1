/** Dockerfile text as values and back. */
module io.jollyboat.dockerfile {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;

  exports io.jollyboat.dockerfile;
}
