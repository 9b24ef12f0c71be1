package io.jollyboat.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every jar has a module name that stays: by a descriptor in the API modules, by its manifest
 * elsewhere.
 */
class BuiltJarsIT {
  private static final Set<String> DESCRIBED = Set.of("oci-spec", "dockerfile-parser", "core-api");
  private static final Map<String, String> NAMES = Map.of("core-api", "io.jollyboat.core");

  static List<Module> table() {
    return Module.table();
  }

  @ParameterizedTest
  @MethodSource("table")
  void jar_ofAModule_hasItsModuleName(Module module) throws IOException {
    ModuleDescriptor descriptor = descriptor(module.name());
    String name = NAMES.getOrDefault(module.name(), module.packages().iterator().next());
    assertEquals(name, descriptor.name());
    assertEquals(!DESCRIBED.contains(module.name()), descriptor.isAutomatic(), "automatic");
  }

  @Test
  void coreApi_descriptor_exportsTheHostSeamsToOurModulesOnly() throws IOException {
    Set<String> targets =
        descriptor("core-api").exports().stream()
            .filter(exported -> exported.source().equals("io.jollyboat.spi.host"))
            .findFirst()
            .orElseThrow()
            .targets();
    assertEquals(
        Set.of(
            "io.jollyboat.store",
            "io.jollyboat.build",
            "io.jollyboat.linux",
            "io.jollyboat.engine"),
        targets);
  }

  private static ModuleDescriptor descriptor(String module) throws IOException {
    return ModuleFinder.of(jar(module)).findAll().iterator().next().descriptor();
  }

  private static Path jar(String module) throws IOException {
    try (Stream<Path> files = Files.list(Modules.root().resolve(module).resolve("target"))) {
      return files
          .filter(
              file -> file.getFileName().toString().matches(module + "-[0-9.]+(-SNAPSHOT)?\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }
}
