package io.jollyboat.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The arrows between the modules, and from them to third parties, are those of {@code modules.txt}.
 */
class ModuleArrowsTest {
  private static final Modules MODULES = Modules.compiled();
  private static final Pattern IN_POM = Pattern.compile("<module>([^<]+)</module>");
  private static final List<String> FREE =
      List.of(
          "java.",
          "javax.net.",
          "jdk.net.",
          "org.jspecify.annotations.",
          "com.google.errorprone.annotations.");

  static List<Module> table() {
    return MODULES.table();
  }

  @Test
  void table_rows_areTheModulesOfTheBuild() throws IOException {
    String pom = Files.readString(Modules.root().resolve("pom.xml"));
    TreeSet<String> built =
        IN_POM
            .matcher(pom)
            .results()
            .map((MatchResult found) -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    TreeSet<String> rows =
        MODULES.table().stream().map(Module::name).collect(Collectors.toCollection(TreeSet::new));
    rows.add("src-test");
    assertEquals(built, rows);
  }

  @ParameterizedTest
  @MethodSource("table")
  void module_whenCompiled_isNotEmpty(Module module) {
    int size = MODULES.of(module).size();
    assertTrue(
        size >= module.least(),
        module.name() + " has " + size + " classes of at least " + module.least());
  }

  @ParameterizedTest
  @MethodSource("table")
  void classes_ofAModule_lieInItsPackages(Module module) {
    List<String> astray =
        MODULES.of(module).stream()
            .map(JavaClass::getName)
            .filter(name -> !inPackages(name, module))
            .toList();
    assertEquals(List.of(), astray);
  }

  @ParameterizedTest
  @MethodSource("table")
  void classes_ofAModule_useOnlyWhatItSees(Module module) {
    List<String> wrong =
        MODULES.of(module).stream()
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .filter(arrow -> !allowed(module, arrow))
            .map(Dependency::getDescription)
            .distinct()
            .toList();
    assertEquals(List.of(), wrong);
  }

  @Test
  void hostSeams_ofCoreApi_areSeenByOurOwnModulesOnly() {
    List<String> wrong =
        MODULES.all().stream()
            .filter(type -> owner(type).equals("examples"))
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .filter(
                arrow -> arrow.getTargetClass().getPackageName().equals("io.jollyboat.spi.host"))
            .map(Dependency::getDescription)
            .toList();
    assertEquals(List.of(), wrong);
  }

  private static String owner(JavaClass type) {
    return MODULES.owner(type).map(Module::name).orElse("");
  }

  private static boolean inPackages(String name, Module module) {
    return module.packages().stream().anyMatch(prefix -> name.startsWith(prefix + "."));
  }

  private static boolean allowed(Module module, Dependency arrow) {
    JavaClass target = arrow.getTargetClass().getBaseComponentType();
    Optional<Module> owner = MODULES.owner(target);
    if (owner.isPresent()) {
      return module.maySee(owner.get().name());
    }
    return target.isPrimitive()
        || Stream.concat(FREE.stream(), module.thirdParty().stream())
            .anyMatch(prefix -> target.getName().startsWith(prefix));
  }
}
