/** What a user can ask a container engine to do. */
module io.jollyboat.core {
  requires transitive io.jollyboat.oci;
  requires transitive io.jollyboat.dockerfile;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.jollyboat;
  exports io.jollyboat.spi;
  exports io.jollyboat.spi.host;

  uses io.jollyboat.spi.EngineProvider;
}
