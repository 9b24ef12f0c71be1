/** The OCI image documents as Java values. */
@SuppressWarnings("module") // The module that shares the JSON is not there when this is compiled.
module io.jollyboat.oci {
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;
  requires com.fasterxml.jackson.core;

  exports io.jollyboat.oci;
  exports io.jollyboat.oci.json to
      io.jollyboat.build,
      io.jollyboat.core,
      io.jollyboat.engine,
      io.jollyboat.registry,
      io.jollyboat.runtime;
}
