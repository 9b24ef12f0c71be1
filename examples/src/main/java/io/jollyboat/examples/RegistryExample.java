package io.jollyboat.examples;

import io.jollyboat.Artifact;
import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.registry.server.Fault;
import io.jollyboat.registry.server.RegistryServer;
import java.nio.charset.StandardCharsets;

/** An image on its way to a registry for tests and back, over a connection that breaks. */
public final class RegistryExample {
  private RegistryExample() {}

  public static void main(String[] args) {
    FileSet files = FileSet.empty().bytes("hello".getBytes(StandardCharsets.UTF_8), "/hello");
    try (Engine engine = Engine.open();
        RegistryServer server = RegistryServer.start()) {
      String name = server.address() + "/app:1";
      engine.build(Image.scratch().files(files), build -> build.tag(name));
      System.out.println("pushed " + engine.push(name).digest());
      engine.images().remove(name);
      server.fail(
          "GET .*/blobs/.*", 1, Fault.truncate(20)); // or reset, slow, corrupt, endless, 429
      engine.pull(name); // asks for the rest
      engine
          .registries()
          .attach(name, Artifact.of("text/plain").blob("text/plain", new byte[] {7}));
      System.out.println("referred to by " + engine.registries().referrers(name).size());
    }
  }
}
