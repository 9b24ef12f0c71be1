package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildSpec;
import io.jollyboat.Image;
import io.jollyboat.Output;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Platform;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a build's result before and after it. */
class OutputsTest {
  private FakeMachine machine;

  @BeforeEach
  void prepare(@TempDir Path temporary) {
    machine = new FakeMachine(temporary);
    machine.base("base", Map.of("etc/", ""), config -> config);
  }

  private static final Image IMAGE = Image.from("base").run("touch /a");

  private void refused(String why, UnaryOperator<BuildSpec> options) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> machine.build(IMAGE, options));
    assertTrue(refused.toString().contains(why), refused.toString());
    assertEquals(List.of(), machine.commands.requests);
  }

  @Test
  void cacheOnly_leavesAStep() {
    StoredImage made = machine.build(IMAGE, spec -> spec.output(Output.cacheOnly()));
    assertTrue(made.intermediate());
    assertFalse(machine.build(IMAGE, spec -> spec).intermediate());
    assertEquals(1, machine.commands.requests.size());
  }

  @Test
  void outputs_thatCannotBe_areRefusedBeforeAnyStep() {
    Path file = Path.of("x");
    Platform arm = Platform.parse("linux/arm64");
    Platform amd = Platform.parse("linux/amd64");
    refused("cacheOnly", spec -> spec.output(Output.cacheOnly()).tag("name"));
    refused("cacheOnly", spec -> spec.output(Output.cacheOnly()).output(Output.tar(file)));
    refused("one platform", spec -> spec.platforms(arm, amd).output(Output.tar(file)));
    refused("one platform", spec -> spec.platforms(arm, amd).output(Output.directory(file)));
    refused("tag(...)", spec -> spec.platforms(arm, amd).output(Output.ociLayout(file)));
  }

  @Test
  void annotations_areThoseOfTheLatestBuild() {
    StoredImage first = machine.build(IMAGE, spec -> spec.annotation("a", "b=c"));
    assertEquals(Map.of("a", "b=c"), machine.annotations.get(first.id()));
    StoredImage again = machine.build(IMAGE, spec -> spec);
    assertEquals(first.id(), again.id());
    assertEquals(Map.of(), machine.annotations.get(first.id()));
  }

  @Test
  void annotation_withoutAName_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> BuildSpec.defaults().annotation("a=b", "c"));
    assertThrows(IllegalArgumentException.class, () -> BuildSpec.defaults().annotation("", "c"));
  }
}
