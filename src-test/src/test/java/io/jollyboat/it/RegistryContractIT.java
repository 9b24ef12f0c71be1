package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jollyboat.Engine;
import io.jollyboat.examples.DirectoryRegistry;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.registry.HttpRegistry;
import io.jollyboat.registry.server.RegistryServer;
import io.jollyboat.spi.Registry;
import io.jollyboat.spi.contract.RegistryContract;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of registries, held to by ours over two servers and by one in a directory. */
class RegistryContractIT {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static ImageReference named(String domain) {
    return ImageReference.parse(domain + "/con.tract/of-it/r" + NAMES.incrementAndGet() + ":1");
  }

  private static HttpRegistry client() {
    return HttpRegistry.builder().proxy(Map.of()).credentials(host -> Optional.empty()).build();
  }

  /** Distribution's registry. */
  @Nested
  @IntegrationTest
  class OverDistribution extends RegistryContract {
    private final HttpRegistry registry = client();
    private String host = "";

    @BeforeEach
    void find(RegistryProcess process) {
      host = process.host();
    }

    @AfterEach
    void close() {
      registry.close();
    }

    @Override
    protected Registry registry() {
      return registry;
    }

    @Override
    protected ImageReference newRepository() {
      return named(host);
    }
  }

  /** The one for tests, with its content in memory. */
  @Nested
  @IntegrationTest
  class OverTestServer extends RegistryContract {
    private final RegistryServer server = RegistryServer.start();
    private final HttpRegistry registry = client();

    @AfterEach
    void close() {
      registry.close();
      server.close();
    }

    @Override
    protected Registry registry() {
      return registry;
    }

    @Override
    protected ImageReference newRepository() {
      return named(server.address());
    }
  }

  /** A user's own, which has no more than it must. */
  @Nested
  @IntegrationTest
  class InADirectory extends RegistryContract {
    private Registry registry = new DirectoryRegistry(Path.of("none"));

    @BeforeEach
    void make(@TempDir Path directory) {
      registry = new DirectoryRegistry(directory);
    }

    @Override
    protected Registry registry() {
      return registry;
    }

    @Override
    protected ImageReference newRepository() {
      return named("shared.invalid");
    }

    @Test
    void registry_ofAUser_isPushedToAndPulledFrom(RegistryProcess process) {
      try (TestStore store = TestStore.with(process, TestImages.BUSYBOX);
          TestStore other = TestStore.empty();
          Engine from = store.builder().registry(registry).open();
          Engine to = other.builder().registry(registry).open()) {
        String name = named("shared.invalid").toString();
        from.images().tag(from.images().find(TestImages.BUSYBOX).orElseThrow().id(), name);
        from.push(name);
        assertEquals(from.images().find(name).orElseThrow().id(), to.pull(name).id());
        to.registries().copy(name, "elsewhere.invalid/copy:1");
        assertEquals(1, to.registries().tags("elsewhere.invalid/copy").size());
      }
    }
  }
}
