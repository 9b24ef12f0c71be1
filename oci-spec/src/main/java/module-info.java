/** The OCI image documents as Java values. */
module io.jollyboat.oci {
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;
  requires com.fasterxml.jackson.core;

  exports io.jollyboat.oci;
}
