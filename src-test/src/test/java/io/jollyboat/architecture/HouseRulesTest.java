package io.jollyboat.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Rules that hold in every module, whatever the arrows are. */
class HouseRulesTest {
  private static final Modules MODULES = Modules.compiled();

  @Test
  void packages_haveNoCycles() {
    SlicesRuleDefinition.slices()
        .assignedFrom(byPackage())
        .should()
        .beFreeOfCycles()
        .check(MODULES.all());
  }

  @Test
  void jna_isUsedInOnePackage() {
    assertEquals(Set.of("io.jollyboat.linux.syscall"), packagesUsing("com.sun.jna"));
  }

  @Test
  void jackson_inTheDocuments_isUsedByOneClass() {
    Set<String> users =
        MODULES.of("oci-spec").stream()
            .filter(type -> uses(type, "com.fasterxml.jackson"))
            .map(HouseRulesTest::outermost)
            .collect(Collectors.toSet());
    assertEquals(1, users.size(), users.toString());
  }

  @Test
  void standardStreams_areLeftToPrograms() {
    List<String> wrong =
        MODULES.all().stream()
            .filter(type -> !isProgram(type))
            .flatMap(type -> type.getFieldAccessesFromSelf().stream())
            .filter(access -> access.getTargetOwner().isEquivalentTo(System.class))
            .filter(access -> !asksWhichStreamItIs(access.getOrigin().getFullName()))
            .map(access -> access.getDescription())
            .toList();
    assertEquals(List.of(), wrong);
  }

  /** Prints to none of them: only they can be known to be a terminal. */
  private static boolean asksWhichStreamItIs(String method) {
    return method.startsWith("io.jollyboat.TerminalProgress.isTerminal(");
  }

  @Test
  void staticFields_areFinal() {
    List<String> wrong =
        MODULES.all().stream()
            .flatMap(type -> type.getFields().stream())
            .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
            .filter(
                field ->
                    !field.getModifiers().contains(JavaModifier.FINAL)
                        && !field.getModifiers().contains(JavaModifier.SYNTHETIC))
            .map(JavaField::getFullName)
            .toList();
    assertEquals(List.of(), wrong);
  }

  @Test
  void packages_areNullMarked() {
    Set<String> all =
        MODULES.all().stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> marked =
        MODULES.all().stream()
            .filter(
                type ->
                    type.getSimpleName().equals("package-info")
                        && type.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
            .map(JavaClass::getPackageName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(all, marked);
    assertTrue(all.size() > 3, all.toString());
  }

  /** The API and what users plug into it speak of each other by design: they are one piece. */
  private static SliceAssignment byPackage() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        String name = type.getPackageName();
        return name.isEmpty()
            ? SliceIdentifier.ignore()
            : SliceIdentifier.of(name.equals("io.jollyboat.spi") ? "io.jollyboat" : name);
      }

      @Override
      public String getDescription() {
        return "packages";
      }
    };
  }

  private static Set<String> packagesUsing(String prefix) {
    return MODULES.all().stream()
        .filter(type -> uses(type, prefix))
        .map(JavaClass::getPackageName)
        .collect(Collectors.toSet());
  }

  private static boolean uses(JavaClass type, String prefix) {
    return type.getDirectDependenciesFromSelf().stream()
        .anyMatch(
            arrow ->
                arrow.getTargetClass().getBaseComponentType().getName().startsWith(prefix + "."));
  }

  private static boolean isProgram(JavaClass type) {
    return type.getPackageName().startsWith("io.jollyboat.examples")
        || type.getName().equals("io.jollyboat.runtime.Main");
  }

  private static String outermost(JavaClass type) {
    return type.getName().replaceAll("\\$.*", "");
  }
}
