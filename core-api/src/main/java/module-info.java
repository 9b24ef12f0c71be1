/** What a user can ask a container engine to do. */
@SuppressWarnings("module") // The seams' other sides are not there when this is compiled.
module io.jollyboat.core {
  requires transitive io.jollyboat.oci;
  requires transitive io.jollyboat.dockerfile;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.jollyboat;
  exports io.jollyboat.spi;
  exports io.jollyboat.spi.host to
      io.jollyboat.build,
      io.jollyboat.engine,
      io.jollyboat.linux,
      io.jollyboat.store;

  uses io.jollyboat.spi.EngineProvider;
}
