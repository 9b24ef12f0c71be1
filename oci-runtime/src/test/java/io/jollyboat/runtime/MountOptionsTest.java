package io.jollyboat.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.MountAttribute;
import io.jollyboat.linux.launcher.Propagation;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class MountOptionsTest {
  @Test
  void parse_attributesAndData_areTakenApart() {
    MountOptions options = parse("nosuid", "mode=755", "noexec", "size=64k", "strictatime");
    assertEquals(
        Set.of(
            MountAttribute.NO_SET_UID,
            MountAttribute.NO_EXECUTE,
            MountAttribute.STRICT_ACCESS_TIME),
        options.change().set());
    assertTrue(options.change().accessTime());
    assertEquals("mode=755,size=64k", options.data());
    assertFalse(options.isBind());
  }

  @Test
  void parse_contradiction_theLastWordCounts() {
    assertEquals(Set.of(), parse("ro", "rw").change().set());
    assertEquals(Set.of(MountAttribute.READ_ONLY), parse("ro", "rw").change().cleared());
    assertEquals(Set.of(MountAttribute.READ_ONLY), parse("rw", "ro").change().set());
    assertEquals(
        Set.of(MountAttribute.NO_ACCESS_TIME), parse("strictatime", "noatime").change().set());
    assertEquals(Set.of(), parse("noatime", "relatime").change().set());
  }

  @Test
  void parse_recursiveOptions_areKeptApart() {
    MountOptions options = parse("rbind", "rro", "nodev", "rnoexec");
    assertTrue(options.isBind() && options.isDeep());
    assertEquals(
        Set.of(MountAttribute.READ_ONLY, MountAttribute.NO_EXECUTE), options.recursive().set());
    assertEquals(Set.of(MountAttribute.NO_DEVICES), options.change().set());
  }

  @Test
  void parse_relations_areInOrder() {
    assertEquals(
        List.of(
            new MountOptions.Relation(Propagation.SLAVE, true),
            new MountOptions.Relation(Propagation.SHARED, false)),
        parse("rslave", "shared").relations());
  }

  @Test
  void parse_whatHasNoEffect_isNotGivenToTheFileSystem() {
    assertEquals("", parse("defaults", "silent", "async", "loud").data());
  }

  @Test
  void parse_idMapped_isOfTheMountOrOfAllBelow() {
    assertEquals(MountOptions.Mapping.NONE, parse("bind").mapping());
    assertEquals(MountOptions.Mapping.TOP, parse("bind", "idmap").mapping());
    assertEquals(MountOptions.Mapping.ALL, parse("rbind", "ridmap").mapping());
  }

  @Test
  void parse_whatTheKernelCannot_isRefusedByName() {
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> parse("iversion"));
    assertTrue(String.valueOf(failure.getMessage()).contains("iversion"), failure.getMessage());
  }

  @Test
  void names_holdEveryOptionOfTheSpecificationThatIsSupported() {
    assertTrue(
        MountOptions.names()
            .containsAll(
                List.of(
                    "bind",
                    "rbind",
                    "ro",
                    "rro",
                    "nosuid",
                    "rnosuid",
                    "nodev",
                    "noexec",
                    "relatime",
                    "strictatime",
                    "rprivate",
                    "shared",
                    "runbindable",
                    "nosymfollow",
                    "remount")));
  }

  private static MountOptions parse(String... options) {
    return MountOptions.parse(List.of(options));
  }
}
