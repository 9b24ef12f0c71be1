package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.Command;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The OCI runtime with {@code --systemd-cgroup}. Run by {@code scripts/vm-tests} where systemd is
 * process 1, and nowhere else.
 */
@IntegrationTest
@Tag(EveryKernel.DELEGATED)
class OciSystemdScopes {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Path GROUP =
      Path.of("/sys/fs/cgroup/machine.slice/machine-test.slice/jb-box.scope");

  private OciRuntime runtime;
  private OciBundle bundle;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    runtime = new OciRuntime(OciRuntime.program(), temporary);
    bundle = OciBundle.in(Files.createDirectory(temporary.resolve("bundle")));
  }

  @AfterEach
  void deleteWhatIsLeft() throws IOException {
    for (String id : runtime.call("list", "--quiet").text().lines().toList()) {
      runtime.call("delete", "--force", id).text();
    }
  }

  private OciRuntime.Outcome call(String... words) throws IOException {
    List<String> line = new ArrayList<>(runtime.line("--systemd-cgroup"));
    line.addAll(List.of(words));
    return runtime.call(line);
  }

  @Test
  void container_inAScope_isAUnitWhoseLimitsStay() throws Exception {
    bundle
        .script("exec sleep 1000")
        .linux("cgroupsPath", "'machine-test.slice:jb:box'")
        .linux("resources", "{'memory':{'limit':67108864}}")
        .write();
    call("create", "--bundle", bundle.directory().toString(), "box").text();
    call("start", "box").text();

    String groups = Files.readString(Path.of("/proc/" + runtime.pid("box") + "/cgroup"));
    assertEquals("0::/machine.slice/machine-test.slice/jb-box.scope/container\n", groups);
    assertEquals("active", Command.run(LIMIT, "systemctl", "is-active", "jb-box.scope").strip());
    assertEquals("67108864\n", Files.readString(GROUP.resolve("container/memory.max")));
    String pids = Files.readString(GROUP.resolve("container/cgroup.procs"));
    assertEquals(runtime.pid("box") + "\n", pids, "nobody else is left there");

    Command.run(LIMIT, "systemctl", "daemon-reload");
    assertEquals("67108864\n", Files.readString(GROUP.resolve("container/memory.max")));
    call("update", "--memory", "33554432", "box").text();
    assertEquals("33554432\n", Files.readString(GROUP.resolve("container/memory.max")));

    call("kill", "box", "KILL").text();
    runtime.await("box", "stopped");
    call("delete", "box").text();
    assertFalse(Files.exists(GROUP));
    assertTrue(
        Command.run(LIMIT, "systemctl", "show", "--property=LoadState", "jb-box.scope")
            .contains("not-found"));
  }

  @Test
  void scope_thatCannotBeMade_isSaidAndNothingIsLeft() throws Exception {
    bundle.script("exec sleep 1000").linux("cgroupsPath", "'init.scope'").write();
    OciRuntime.Outcome outcome = call("create", "--bundle", bundle.directory().toString(), "box");
    assertEquals(1, outcome.status());
    assertTrue(runtime.log().contains("slice:prefix:name"), runtime.log());
    assertEquals("", runtime.call("list", "--quiet").text());
  }
}
