package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the fields of config.json do, seen from inside (config.md, config-linux.md). */
@IntegrationTest
class OciConfigIT {
  private Path directory;
  private OciRuntime runtime;
  private OciBundle bundle;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    directory = temporary;
    runtime = new OciRuntime(OciRuntime.program(), temporary);
    bundle = OciBundle.in(Files.createDirectory(temporary.resolve("bundle")));
  }

  @Test
  void process_userGroupsMaskAndDirectory_areThoseGiven() throws Exception {
    bundle
        .process("user", "{'uid':12,'gid':34,'additionalGids':[56,78],'umask':63}")
        .process("cwd", "'/made/here'")
        .process("env", "['PATH=/bin','WORD=a b']");
    assertEquals(
        "12 34 34 56 78\n0077\n/made/here\na b\n",
        sh("echo $(id -u) $(id -g) $(id -G); umask; pwd; echo \"$WORD\""));
  }

  @Test
  void process_limits_areThoseGiven() throws Exception {
    bundle.process(
        "rlimits",
        "[{'type':'RLIMIT_NOFILE','soft':100,'hard':200},{'type':'RLIMIT_CORE','soft':0,'hard':0},"
            + "{'type':'RLIMIT_STACK','soft':1048576,'hard':2097152}]");
    String limits = sh("cat /proc/self/limits");
    assertTrue(limits.matches("(?s).*Max open files +100 +200 .*"), limits);
    assertTrue(limits.matches("(?s).*Max core file size +0 +0 .*"), limits);
    assertTrue(limits.matches("(?s).*Max stack size +1048576 +2097152 .*"), limits);
  }

  @Test
  void process_capabilitiesInFiveSets_areThoseGiven() throws Exception {
    bundle.process(
        "capabilities",
        "{'bounding':['CAP_KILL','CAP_CHOWN','CAP_SETPCAP'],'effective':['CAP_KILL'],"
            + "'permitted':['CAP_KILL','CAP_CHOWN'],'inheritable':['CAP_CHOWN'],"
            + "'ambient':['CAP_CHOWN']}");
    bundle.process("user", "{'uid':5,'gid':5}");
    // What is executed as an ordinary user keeps the ambient ones alone.
    assertEquals(
        """
        CapInh: 0000000000000001
        CapPrm: 0000000000000001
        CapEff: 0000000000000001
        CapBnd: 0000000000000121
        CapAmb: 0000000000000001
        """,
        sh("grep Cap /proc/self/status | tr \"\\t\" \" \""));
  }

  @Test
  void process_unknownCapability_isAWarning() throws Exception {
    bundle.process("capabilities", "{'bounding':['CAP_KILL','CAP_OF_TOMORROW']}");
    assertEquals("CapBnd:\t0000000000000020\n", sh("grep CapBnd /proc/self/status"));
    assertTrue(runtime.log().contains("CAP_OF_TOMORROW"), runtime.log());
    assertTrue(runtime.log().contains("\"level\":\"warning\""), runtime.log());
  }

  @ParameterizedTest
  @CsvSource({"true,1", "false,0"})
  void process_noNewPrivileges_isAsGiven(String given, String seen) throws Exception {
    bundle.process("noNewPrivileges", given);
    assertEquals("NoNewPrivs:\t" + seen + "\n", sh("grep NoNewPrivs /proc/self/status"));
  }

  @Test
  void process_outOfMemoryScore_isThatGiven() throws Exception {
    bundle.process("oomScoreAdj", "321");
    assertEquals("321\n", sh("cat /proc/self/oom_score_adj"));
  }

  @Test
  void process_schedulerAndIoPriority_areThoseGiven() throws Exception {
    bundle
        .process("scheduler", "{'policy':'SCHED_BATCH','nice':7}")
        .process("ioPriority", "{'class':'IOPRIO_CLASS_BE','priority':6}");
    assertEquals(
        "7 3\nbest-effort: prio 6\n",
        sh("set -- $(cat /proc/self/stat); echo ${19} ${41}; ionice"));
  }

  @ParameterizedTest
  @CsvSource({
    "apparmorProfile,'x',process.apparmorProfile",
    "selinuxLabel,'x',process.selinuxLabel"
  })
  void process_labelOfAModuleThatIsNotThere_isRefused(String field, String value, String named)
      throws Exception {
    String module =
        field.startsWith("app")
            ? "/sys/module/apparmor/parameters/enabled"
            : "/sys/fs/selinux/enforce";
    bundle.process(field, "'" + value + "'");
    if (!Files.exists(Path.of(module))) {
      assertRefused(named);
    }
  }

  @Test
  void names_ofTheUtsNamespace_areThoseGiven() throws Exception {
    bundle.top("hostname", "'ship'").top("domainname", "'sea'");
    assertEquals("ship\nsea\n", sh("hostname; cat /proc/sys/kernel/domainname"));
  }

  @Test
  void namespaces_givenOrNot_areNewOrTheHosts() throws Exception {
    String mine = namespaces(Path.of("/proc/self/ns"));
    String all = sh("for n in cgroup ipc mnt net pid uts; do readlink /proc/self/ns/$n; done");
    for (String line : mine.lines().toList()) {
      assertFalse(all.contains(line), line);
    }
    bundle.linux("namespaces", "[{'type':'mount'}]");
    List<String> few =
        sh("for n in cgroup ipc mnt net pid uts; do readlink /proc/self/ns/$n; done")
            .lines()
            .toList();
    for (String line : mine.lines().toList()) {
      assertEquals(!line.startsWith("mnt"), few.contains(line), line);
    }
  }

  @Test
  void namespaces_byPath_areEntered() throws Exception {
    Process other =
        new ProcessBuilder("unshare", "-niup", "--fork", "--kill-child", "sleep", "1000").start();
    try {
      Path files = Path.of("/proc/" + child(other) + "/ns");
      bundle.linux(
          "namespaces",
          "[{'type':'mount'},{'type':'network','path':'F/net'},{'type':'ipc','path':'F/ipc'},"
              .concat("{'type':'uts','path':'F/uts'},{'type':'pid','path':'F/pid'}]")
              .replace("F", files.toString()));
      String seen = sh("for n in ipc net pid uts; do readlink /proc/self/ns/$n; done");
      for (String kind : List.of("ipc", "net", "pid", "uts")) {
        assertTrue(seen.contains(Files.readSymbolicLink(files.resolve(kind)).toString()), seen);
      }
    } finally {
      other.descendants().forEach(ProcessHandle::destroyForcibly);
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void time_ofANewNamespace_isOffset() throws Exception {
    bundle
        .linux("namespaces", "[{'type':'mount'},{'type':'pid'},{'type':'time'}]")
        .linux("timeOffsets", "{'boottime':{'secs':1000000}}");
    assertTrue(Double.parseDouble(sh("cat /proc/uptime").split(" ")[0]) > 1_000_000);
  }

  @Test
  void sysctl_ofTheOwnNamespaces_isSet_andNoOther() throws Exception {
    bundle
        .linux("sysctl", "{'net.ipv4.ip_forward':'1','kernel.shmmni':'1234'}")
        .linux("readonlyPaths", "['/proc/sys']");
    assertEquals("1\n1234\n", sh("cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmni"));
    bundle.linux("sysctl", "{'kernel.panic':'1'}");
    assertRefused("kernel.panic");
  }

  @Test
  void paths_maskedAndReadOnly_areSo() throws Exception {
    bundle
        .linux("maskedPaths", "['/proc/timer_list','/proc/acpi','/nowhere']")
        .linux("readonlyPaths", "['/proc/sys','/tmp']");
    assertEquals(
        "0\n0\nRead-only file system\nRead-only file system\n",
        sh(
            "wc -c < /proc/timer_list; ls /proc/acpi | wc -l;"
                + " (echo x > /proc/sys/kernel/hostname) 2>&1 | sed \"s/.*: //\";"
                + " (echo x > /tmp/x) 2>&1 | sed \"s/.*: //\""));
  }

  @Test
  void root_readOnly_isSo() throws Exception {
    bundle.top("root", "{'path':'rootfs','readonly':true}");
    assertEquals("Read-only file system\n", sh("(echo x > /x) 2>&1 | sed \"s/.*: //\""));
  }

  @Test
  void devices_givenAndDefault_areThere() throws Exception {
    bundle
        .linux(
            "devices",
            "[{'path':'/dev/own','type':'c','major':1,'minor':3,'fileMode':384,'uid':9,'gid':8},"
                + "{'path':'/dev/pipe','type':'p','fileMode':438}]")
        .process(
            "capabilities",
            "{'bounding':['CAP_MKNOD'],'effective':['CAP_MKNOD'],'permitted':['CAP_MKNOD']}");
    assertEquals(
        "1:3 600 9:8\nfifo\n1:3 666 0:0\n1:5 666 0:0\n1:7 666 0:0\n1:8 666 0:0\n1:9 666 0:0\n5:0 666 0:0\n",
        sh(
            "f=\"%t:%T %a %u:%g\"; stat -c \"$f\" /dev/own; stat -c %F /dev/pipe;"
                + " stat -c \"$f\" /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty"));
    assertEquals(
        "/proc/self/fd\npts/ptmx\n/proc/self/fd/1\n",
        sh("readlink /dev/fd; readlink /dev/ptmx; readlink /dev/stdout"));
  }

  @Test
  void devices_ofTheGroup_areAllowedOrNot() throws Exception {
    bundle
        .linux(
            "devices",
            "[{'path':'/dev/mem-like','type':'c','major':10,'minor':200,'fileMode':438}]")
        .linux(
            "resources",
            "{'devices':[{'allow':false,'access':'rwm'},"
                + "{'allow':true,'type':'c','major':1,'minor':11,'access':'r'}]}");
    assertEquals(
        "Operation not permitted\nread\n",
        sh(
            "(: < /dev/mem-like) 2>&1 | sed \"s/.*: //\";"
                + " head -c 1 /dev/urandom > /dev/null && echo read"));
  }

  @Test
  void resources_ofEveryKind_areWritten() throws Exception {
    bundle
        .linux("cgroupsPath", "'/jollyboat-it/fields'")
        .linux(
            "resources",
            "{'memory':{'limit':67108864,'reservation':33554432},"
                + "'cpu':{'shares':512,'quota':50000,'period':200000,'cpus':'0'},"
                + "'pids':{'limit':33}}")
        .mount(
            "{'destination':'/sys/fs/cgroup','type':'cgroup','source':'cgroup','options':['ro']}");
    String seen =
        sh(
            "cd /sys/fs/cgroup; for f in memory/memory.limit_in_bytes memory.max"
                + " memory/memory.soft_limit_in_bytes memory.low pids/pids.max pids.max"
                + " cpu/cpu.cfs_quota_us cpu.max cpuset/cpuset.cpus cpuset.cpus;"
                + " do [ ! -e $f ] || cat $f; done; cat /proc/self/cgroup");
    boolean v1 = Files.exists(Path.of("/sys/fs/cgroup/memory"));
    assertTrue(
        seen.startsWith("67108864\n33554432\n33\n" + (v1 ? "50000" : "50000 200000") + "\n0\n"),
        seen);
    assertFalse(seen.contains("jollyboat-it"), "its own group is the top that it sees");
    removeParents("jollyboat-it");
  }

  @Test
  void memoryPolicy_isThatGiven() throws Exception {
    bundle.linux(
        "memoryPolicy", "{'mode':'MPOL_BIND','nodes':'0','flags':['MPOL_F_STATIC_NODES']}");
    assertEquals(
        "bind=static:0\n", sh("cut -d\" \" -f2 /proc/self/numa_maps | sort -u | grep -v default"));
  }

  @Test
  void personality_isThatGiven() throws Exception {
    bundle.linux("personality", "{'domain':'LINUX32'}");
    assertEquals("00000008\n", sh("cat /proc/self/personality"));
  }

  @Test
  void seccomp_filter_isLoaded() throws Exception {
    bundle.linux(
        "seccomp",
        "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['mkdir','mkdirat'],"
            + "'action':'SCMP_ACT_ERRNO','errnoRet':28}]}");
    for (String privileges : List.of("true", "false")) {
      bundle.process("noNewPrivileges", privileges);
      bundle.process("capabilities", "{'bounding':[],'effective':[],'permitted':[]}");
      assertEquals(
          "No space left on device\nSeccomp:\t2\n",
          sh("mkdir /tmp/x 2>&1 | sed \"s/.*: //\"; grep Seccomp: /proc/self/status"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bind, ro | ro,relatime",
        "rbind, ro, nosuid, nodev, noexec | ro,nosuid,nodev,noexec,relatime",
        "bind, rro, rnosuid | ro,nosuid,relatime",
        "bind, noatime | rw,noatime",
        "bind, strictatime, nodiratime | rw,nodiratime",
        "bind, nosymfollow | rw,relatime,nosymfollow",
      })
  void bind_withOptions_hasThem(String options, String seen) throws Exception {
    Path given = Files.createDirectory(directory.resolve("given"));
    Files.writeString(given.resolve("file"), "content");
    bundle.mount(
        "{'destination':'/given','type':'bind','source':'"
            + given
            + "','options':['"
            + options.replace(", ", "','")
            + "']}");
    assertEquals(
        seen + "\ncontent",
        sh("grep \" /given \" /proc/self/mountinfo | cut -d\" \" -f6; cat /given/file"));
  }

  @Test
  void bind_ofAFileOverAMissingOne_makesIt() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "content");
    bundle.mount(
        "{'destination':'/a/b/c','type':'none','source':'" + file + "','options':['bind','rw']}");
    assertEquals("content", sh("cat /a/b/c"));
  }

  @Test
  void bind_ofAMissingSource_isRefused() throws Exception {
    bundle.mount("{'destination':'/x','type':'bind','source':'/no/such','options':['bind']}");
    assertRefused("/no/such");
  }

  @ParameterizedTest
  @CsvSource({"rprivate,''", "rslave,master:", "rshared,shared:"})
  void bind_withPropagation_hasIt(String option, String seen) throws Exception {
    Path host = Files.createDirectory(directory.resolve("host"));
    // A shared mount of a namespace of our own: the machine's may all be private.
    bundle
        .linux("rootfsPropagation", option.equals("rshared") ? "'shared'" : "'rslave'")
        .mount(
            "{'destination':'/given','type':'bind','source':'"
                + host
                + "','options':['rbind','"
                + option
                + "']}")
        .script("grep \" /given \" /proc/self/mountinfo | cut -d\" \" -f7")
        .write();
    Process process =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount --bind "
                    + host
                    + " "
                    + host
                    + " && mount --make-shared "
                    + host
                    + " && exec "
                    + OciRuntime.program()
                    + " --root "
                    + directory.resolve("state")
                    + " run --bundle "
                    + bundle.directory()
                    + " box")
            .redirectErrorStream(true)
            .start();
    String out =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    assertTrue(seen.isEmpty() ? out.strip().equals("-") : out.startsWith(seen), out);
  }

  @Test
  void tmpfs_withOptions_hasThem() throws Exception {
    bundle.mount(
        "{'destination':'/t','type':'tmpfs','source':'tmpfs',"
            + "'options':['ro','nosuid','size=1m','mode=700']}");
    assertEquals(
        "ro,nosuid,relatime\n700\n",
        sh("grep \" /t \" /proc/self/mountinfo | cut -d\" \" -f6; stat -c %a /t"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "intelRdt | {'closID':'a'} | linux.intelRdt",
        "mountLabel | 'a' | linux.mountLabel",
        "netDevices | {'eth0':{}} | linux.netDevices",
        "memoryPolicy | {'mode':'MPOL_NONE'} | linux.memoryPolicy",
      })
  void unsupportedField_isRefusedByName(String field, String value, String named) throws Exception {
    bundle.linux(field, value);
    assertRefused(named);
  }

  @Test
  void tmpfs_thatCopiesUp_startsWithWhatItCovers() throws Exception {
    Path below = Files.createDirectories(bundle.root().resolve("given/below"));
    Files.writeString(below.resolve("file"), "content");
    Files.createSymbolicLink(below.resolve("link"), Path.of("file"));
    bundle.mount(
        "{'destination':'/given','type':'tmpfs','source':'tmpfs','options':['tmpcopyup']}");
    assertEquals(
        "content\nfile\ntmpfs\n",
        sh(
            "cat /given/below/link; echo; readlink /given/below/link; echo x > /given/below/file;"
                + " grep \" /given \" /proc/self/mounts | cut -d\" \" -f1"));
    assertEquals("content", Files.readString(below.resolve("file")));
  }

  @Test
  void userNamespace_withMappings_ownsTheOthers() throws Exception {
    Command.run(Duration.ofMinutes(1), "chown", "-R", "100000:100000", bundle.root().toString());
    for (Path path = bundle.directory();
        path != null && path.startsWith(directory);
        path = path.getParent()) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    bundle
        .linux(
            "namespaces",
            "[{'type':'mount'},{'type':'pid'},{'type':'user'},{'type':'network'},{'type':'ipc'},"
                + "{'type':'uts'},{'type':'cgroup'}]")
        .linux("uidMappings", "[{'containerID':0,'hostID':100000,'size':1000}]")
        .linux("gidMappings", "[{'containerID':0,'hostID':100000,'size':1000}]")
        .process(
            "capabilities",
            "{'bounding':C,'effective':C,'permitted':C}"
                .replace("C", "['CAP_SYS_ADMIN','CAP_NET_ADMIN']"));
    assertEquals(
        "0 100000 1000\n0\nmounted\n10.1.2.3\nship\n",
        sh(
            "echo $(cat /proc/self/uid_map); id -u; mount -t tmpfs t /tmp && echo mounted;"
                + " ip addr add 10.1.2.3/32 dev lo && ip addr show lo | grep -o 10.1.2.3;"
                + " hostname ship && hostname"));
  }

  private String sh(String script) throws IOException {
    bundle.script(script).write();
    return runtime.call("run", "--bundle", bundle.directory().toString(), "box").text();
  }

  private void assertRefused(String named) throws IOException {
    bundle.script("true").write();
    OciRuntime.Outcome outcome =
        runtime.call("run", "--bundle", bundle.directory().toString(), "box");
    assertEquals(1, outcome.status());
    assertTrue(outcome.err().contains(named), outcome.err());
    assertEquals("", runtime.call("list", "--quiet").text());
  }

  private static String namespaces(Path files) throws IOException {
    StringBuilder links = new StringBuilder();
    for (String kind : List.of("cgroup", "ipc", "mnt", "net", "pid", "uts")) {
      links.append(Files.readSymbolicLink(files.resolve(kind))).append('\n');
    }
    return links.toString();
  }

  /** The first process in the new pid namespace. */
  private static long child(Process parent) throws InterruptedException {
    for (int i = 0; i < 200 && parent.children().findAny().isEmpty(); i++) {
      Thread.sleep(10);
    }
    return parent.children().findAny().orElseThrow().pid();
  }

  private static void removeParents(String name) throws IOException {
    try (var hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
      for (Path hierarchy : hierarchies.toList()) {
        Files.deleteIfExists(hierarchy.resolve(name));
      }
    }
    Files.deleteIfExists(Path.of("/sys/fs/cgroup", name));
  }
}
