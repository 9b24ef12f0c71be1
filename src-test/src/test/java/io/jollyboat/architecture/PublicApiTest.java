package io.jollyboat.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a user of the three API modules can name are types of the JDK and of those modules' exported
 * packages.
 */
class PublicApiTest {
  private static final Modules MODULES = Modules.compiled();
  private static final Set<String> EXPORTED =
      Set.of("io.jollyboat", "io.jollyboat.spi", "io.jollyboat.oci", "io.jollyboat.dockerfile");

  @ParameterizedTest
  @ValueSource(strings = {"oci-spec", "dockerfile-parser", "core-api"})
  void signatures_ofAnApiModule_useTheJdkAndExportedTypes(String module) {
    List<String> wrong =
        MODULES.of(module).stream()
            .filter(type -> EXPORTED.contains(type.getPackageName()) && isPublic(type))
            .flatMap(PublicApiTest::leaks)
            .distinct()
            .toList();
    assertEquals(List.of(), wrong);
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(PublicApiTest::isPublic).orElse(true);
  }

  private static Stream<String> leaks(JavaClass type) {
    Stream<JavaType> supertypes =
        Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
    Stream<String> above = leaks(type.getName(), supertypes);
    Stream<String> members =
        type.getMembers().stream()
            .filter(PublicApiTest::isVisible)
            .flatMap(member -> leaks(member.getFullName(), types(member)));
    return Stream.concat(above, members);
  }

  private static boolean isVisible(JavaMember member) {
    Set<JavaModifier> modifiers = member.getModifiers();
    return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
        && !modifiers.contains(JavaModifier.SYNTHETIC);
  }

  private static Stream<JavaType> types(JavaMember member) {
    if (member instanceof JavaField field) {
      return Stream.of(field.getType());
    }
    JavaCodeUnit unit = (JavaCodeUnit) member;
    Stream<JavaType> thrown = unit.getExceptionTypes().stream().map(type -> type);
    return Stream.of(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream(), thrown)
        .flatMap(types -> types);
  }

  private static Stream<String> leaks(String where, Stream<JavaType> types) {
    return types
        .map(JavaType::getAllInvolvedRawTypes)
        .flatMap(Collection::stream)
        .map(JavaClass::getBaseComponentType)
        .filter(type -> !isAllowed(type))
        .map(type -> where + " shows " + type.getName());
  }

  private static boolean isAllowed(JavaClass type) {
    return type.isPrimitive()
        || type.getPackageName().startsWith("java.")
        || (EXPORTED.contains(type.getPackageName()) && isPublic(type));
  }
}
