package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mounts that show other ids than their sources have (config.md, Mounts, uidMappings). */
@IntegrationTest
class OciMappedMountsIT {
  private Path directory;
  private OciRuntime runtime;
  private OciBundle bundle;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    directory = temporary;
    runtime = new OciRuntime(OciRuntime.program(), temporary);
    bundle = OciBundle.in(Files.createDirectory(temporary.resolve("bundle")));
  }

  @ParameterizedTest
  @CsvSource({"false,1005:1006", "true,5:6"})
  void idMappedMount_showsOtherIds(boolean users, String seen) throws Exception {
    Path source = Files.createDirectory(directory.resolve("source"));
    Files.createFile(source.resolve("file"));
    // Root of the user namespace may make none.
    Files.createDirectory(bundle.root().resolve("mapped"));
    Command.run(Duration.ofSeconds(20), "chown", "5:6", source.resolve("file").toString());
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    String map = "[{'containerID':0,'hostID':1000,'size':65536}]";
    bundle.mount(
        String.format(
            "{'destination':'/mapped','type':'bind','source':'%s','options':['rbind','ridmap'],"
                + "'uidMappings':%s,'gidMappings':%<s}",
            source, map));
    if (users) {
      bundle
          .linux(
              "namespaces",
              "[{'type':'pid'},{'type':'mount'},{'type':'ipc'},{'type':'uts'},"
                  + "{'type':'network'},{'type':'cgroup'},{'type':'user'}]")
          .linux("uidMappings", map)
          .linux("gidMappings", map);
    }
    assertEquals(seen + "\n", sh("stat -c %u:%g /mapped/file"));
  }

  @Test
  void idMappedMount_thatIsNoBind_isRefused() throws Exception {
    bundle.mount("{'destination':'/x','type':'tmpfs','options':['idmap']}");
    bundle.script("true").write();
    OciRuntime.Outcome outcome =
        runtime.call("create", "--bundle", bundle.directory().toString(), "box");
    assertEquals(1, outcome.status());
    assertTrue(outcome.err().contains("mounts[4].uidMappings"), outcome.err());
  }

  private String sh(String script) throws IOException {
    bundle.script(script).write();
    return runtime.call("run", "--bundle", bundle.directory().toString(), "box").text();
  }
}
