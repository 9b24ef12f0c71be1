package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.JollyboatException;
import io.jollyboat.NetworkMode;
import io.jollyboat.StoredImage;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RecordedProgress;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A base of this machine's programs, without its data. */
@IntegrationTest
class HostImageIT {
  private static TestStore store;

  @BeforeAll
  static void open() {
    store = TestStore.empty();
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @Test
  void programs_ofThisMachine_run() {
    assertTrue(sh("java -version 2>&1").contains("version"));
    assertEquals("root\n", sh("id -un"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/root", "/home", "/var", "/run", "/tmp"})
  void data_ofThisMachine_isNotThere(String directory) throws IOException {
    Path marker = Files.createTempFile(Path.of("/tmp"), "junit-host", ".marker");
    try {
      assertEquals("", sh("[ ! -e " + directory + " ] || find " + directory + " -type f").strip());
      assertEquals("gone\n", sh("[ -e " + marker + " ] && echo there || echo gone"));
    } finally {
      Files.delete(marker);
    }
  }

  @Test
  void secretsOfEtc_areMasked() throws IOException {
    assertNotEquals(0, Files.size(Path.of("/etc/shadow")));
    assertEquals("", sh("cat /etc/shadow 2>/dev/null; cat /etc/gshadow 2>/dev/null; true"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/usr/probe", "/bin/probe", "/etc/probe"})
  void programs_whenWritten_refuse(String path) {
    assertEquals(
        "refused\n", sh("{ echo x > " + path + "; } 2>/dev/null && echo written || echo refused"));
    assertFalse(Files.exists(Path.of(path)));
  }

  @Test
  void restOfTheTree_isWritableAndStaysInTheImage() {
    Image image = Image.host().run("mkdir -p /opt/made && echo kept > /opt/made/file");
    try (Engine engine = store.open()) {
      StoredImage built = engine.build(image);
      assertEquals("kept\n", Result.sh(engine, Specs.alone(built.id()), "cat /opt/made/file"));
    }
    assertFalse(Files.exists(Path.of("/opt/made")));
  }

  @Test
  void userNamespace_ofAContainerAndOfABuildStep_isItsOwn() throws IOException {
    String own = Files.readSymbolicLink(Path.of("/proc/self/ns/user")).toString();
    assertNotEquals(own, sh("readlink /proc/self/ns/user").strip());
    RecordedProgress progress = new RecordedProgress();
    try (Engine engine = store.open()) {
      engine.build(
          Image.host().run("readlink /proc/self/ns/user"),
          build -> build.noCache().progress(progress));
    }
    assertNotEquals(own, progress.output().strip());
    assertTrue(progress.output().startsWith("user:["), progress.output());
  }

  @Test
  void build_again_isAllHits() {
    Image image = Image.host().run("echo once > /once");
    RecordedProgress progress = new RecordedProgress();
    try (Engine engine = store.open()) {
      engine.build(image);
      engine.build(image, build -> build.progress(progress));
    }
    assertEquals(
        List.of(), progress.executed().stream().filter(step -> step.startsWith("RUN")).toList());
  }

  @Test
  void push_ofAnImageOnIt_isRefusedWithTheReason(RegistryProcess registry) {
    String name = registry.reference("host/refused:1");
    try (Engine engine = store.open()) {
      engine.build(Image.host().run("true"), build -> build.tag(name));
      JollyboatException error = assertThrows(JollyboatException.class, () -> engine.push(name));
      Failure.says(error, "host");
    }
  }

  private static String sh(String script) {
    try (Engine engine = store.open()) {
      return Result.sh(engine, ContainerSpec.of(Image.host()).network(NetworkMode.NONE), script);
    }
  }
}
