package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same bundle, run by runc and by our own runtime, sees the same. */
@IntegrationTest
class RuncComparisonIT {
  private OciRuntime ours;
  private OciRuntime runc;
  private OciBundle bundle;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    ours = new OciRuntime(OciRuntime.program(), Files.createDirectory(temporary.resolve("ours")));
    runc = new OciRuntime(Command.find("runc"), Files.createDirectory(temporary.resolve("runc")));
    bundle = OciBundle.in(Files.createDirectory(temporary.resolve("bundle")));
    bundle
        .top("hostname", "'ship'")
        .process("noNewPrivileges", "true")
        .process("user", "{'uid':12,'gid':34,'additionalGids':[56]}")
        .process("env", "['PATH=/bin','HOME=/tmp']")
        .process("rlimits", "[{'type':'RLIMIT_NOFILE','soft':100,'hard':200}]")
        .process("oomScoreAdj", "100")
        .linux("maskedPaths", "['/proc/kcore','/proc/keys','/proc/timer_list','/proc/acpi']")
        .linux("readonlyPaths", "['/proc/bus','/proc/sys']")
        .mount(
            "{'destination':'/dev/shm','type':'tmpfs','source':'shm',"
                + "'options':['nosuid','noexec','nodev','mode=1777','size=65536k']}")
        .mount(
            "{'destination':'/dev/mqueue','type':'mqueue','source':'mqueue',"
                + "'options':['nosuid','noexec','nodev']}");
  }

  @Test
  void rights_ofTheProcess_areTheSame() throws Exception {
    assertSame(
        "grep -E \"^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Umask|NSpid|Pid|PPid)\""
            + " /proc/self/status");
  }

  @Test
  void seccomp_ofAProfile_isTheSame() throws Exception {
    bundle.linux(
        "seccomp",
        "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['mkdir','mkdirat'],"
            + "'action':'SCMP_ACT_ERRNO','errnoRet':28},{'names':['personality'],"
            + "'action':'SCMP_ACT_ERRNO','args':[{'index':0,'value':8,'op':'SCMP_CMP_EQ'}]}]}");
    assertSame("mkdir /tmp/x 2>&1; grep Seccomp: /proc/self/status");
  }

  @Test
  void limits_areTheSame() throws Exception {
    assertSame("cat /proc/self/limits /proc/self/oom_score_adj; umask; pwd; env; hostname");
  }

  @Test
  void mounts_areTheSame() throws Exception {
    // Place, attributes and type of file system. What masks a file is ours to choose: a mount of
    // the null device that cannot be written to, where runc's can.
    assertSame(
        "sed \"s/^[0-9]* [0-9]* [^ ]* [^ ]* //; s/ - \\([^ ]*\\) .*/ \\1/\" /proc/self/mountinfo | grep -v -e /proc/keys -e /proc/timer_list | sort");
  }

  @Test
  void devices_areTheSame() throws Exception {
    assertSame(
        "for f in /dev/*; do stat -c \"%n %F %a %u:%g %t:%T\" $f; done | sort; readlink /dev/* | sort");
  }

  @Test
  void descriptors_areTheSame() throws Exception {
    assertSame(
        "ls /proc/self/fd | wc -l; cat /proc/self/cgroup | cut -d: -f2,3 | grep -v ^: | sort");
  }

  private void assertSame(String script) throws IOException {
    bundle.script(script).write();
    String expected = run(runc);
    assertTrue(!expected.isEmpty());
    assertEquals(expected, run(ours));
  }

  private String run(OciRuntime runtime) throws IOException {
    String id = "jollyboat-it-" + ProcessHandle.current().pid();
    return List.of(runtime.call("run", "--bundle", bundle.directory().toString(), id).text())
        .get(0);
  }
}
