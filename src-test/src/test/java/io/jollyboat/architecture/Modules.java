package io.jollyboat.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The classes of every module as they were compiled, without their tests. Immutable. */
final class Modules {
  private final List<Module> table;
  private final JavaClasses classes;
  private final Map<String, Module> owners;

  private Modules(List<Module> table, JavaClasses classes, Map<String, Module> owners) {
    this.table = table;
    this.classes = classes;
    this.owners = owners;
  }

  static Modules compiled() {
    List<Module> table = Module.table();
    Map<Module, Path> directories = new LinkedHashMap<>();
    for (Module module : table) {
      Path directory = root().resolve(module.name()).resolve("target/classes");
      if (Files.isDirectory(directory)) {
        directories.put(module, directory);
      }
    }
    JavaClasses classes = new ClassFileImporter().importPaths(directories.values());
    Map<String, Module> owners = new TreeMap<>();
    directories.forEach(
        (module, path) ->
            new ClassFileImporter()
                .importPath(path)
                .forEach(type -> owners.put(type.getName(), module)));
    return new Modules(table, classes, owners);
  }

  /** The project's top directory. */
  static Path root() {
    return Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolveSibling("");
  }

  List<Module> table() {
    return table;
  }

  JavaClasses all() {
    return classes;
  }

  /** The module's classes, package descriptions apart. */
  List<JavaClass> of(Module module) {
    return classes.stream()
        .filter(type -> owner(type).filter(module::equals).isPresent())
        .filter(type -> !type.getSimpleName().equals("package-info"))
        .toList();
  }

  Collection<JavaClass> of(String module) {
    return of(table.stream().filter(row -> row.name().equals(module)).findFirst().orElseThrow());
  }

  /** Empty for a class that is not ours. */
  Optional<Module> owner(JavaClass type) {
    return Optional.ofNullable(owners.get(type.getBaseComponentType().getName()));
  }
}
