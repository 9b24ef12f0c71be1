package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the OCI's validation programs set in a bundle and look at inside the container, under their
 * names. What runc gives on this machine is what is right: the same bundle shows the same to a
 * probe that looks at all of it, and is refused where runc refuses it.
 */
@IntegrationTest
class OciValidationIT {
  /** All that the suite's own program looks at from inside. */
  private static final String PROBE =
      """
      id -u; id -g; id -G; pwd; umask; env | sort; hostname; cat /proc/sys/kernel/domainname
      cat /proc/self/limits /proc/self/oom_score_adj /proc/self/uid_map /proc/self/gid_map
      grep -E "^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp:|Umask)" /proc/self/status
      tr "\\0" " " </proc/self/cmdline
      for f in /dev/* /nodes/*; do stat -c "%n %F %a %u:%g %t:%T" $f; done 2>/dev/null | sort
      for f in /dev/*; do readlink $f; done
      touch /probe 2>&1 && rm /probe
      sed "s/^[0-9]* [0-9]* [^ ]* [^ ]* //; s/ - \\([^ ]*\\) .*/ \\1/; s/:[0-9]* / /" \
      /proc/self/mountinfo | grep -v -e ^/masked -e ^/proc/ | sort
      cut -d: -f2,3 /proc/self/cgroup | grep -v ^: | sort
      for f in /masked/* /fixed/*; do
        cat $f; ls $f; touch $f/new && rm $f/new && echo written; test -w $f; echo $?; done 2>&1
      cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax /proc/sys/net/core/somaxconn
      true
      """;

  private OciRuntime ours;
  private OciRuntime runc;
  private OciBundle bundle;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    // Root of a user namespace must be able to come as far as the bundle.
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
    ours = new OciRuntime(OciRuntime.program(), Files.createDirectory(temporary.resolve("ours")));
    runc = new OciRuntime(Command.find("runc"), Files.createDirectory(temporary.resolve("runc")));
    bundle = OciBundle.in(Files.createDirectory(temporary.resolve("bundle")));
    bundle.process("args", "['sh','/bin/probe']");
    bundle.linux("cgroupsPath", "'/jollyboat-validation-" + ProcessHandle.current().pid() + "'");
    Files.writeString(bundle.root().resolve("bin/probe"), PROBE);
    Files.writeString(
        bundle.root().resolve("etc/passwd"),
        "root:x:0:0:root:/home/of/root:/bin/sh\nten:x:10:10::/home/of/ten:/bin/sh\n");
    for (String name : new String[] {"masked", "fixed"}) {
      Path parent = Files.createDirectory(bundle.root().resolve(name));
      Files.writeString(parent.resolve("file"), "content of a file\n");
      Path inner = Files.createDirectory(parent.resolve("directory"));
      Files.writeString(inner.resolve("inner"), "content of a directory\n");
      Files.createSymbolicLink(parent.resolve("link"), Path.of("file"));
    }
  }

  static Stream<Arguments> accepted() {
    return Stream.of(
        bundle("default", b -> {}),
        bundle("hostname", b -> b.top("hostname", "'hostname-specific'")),
        bundle("misc_props: annotation", b -> b.top("annotations", "{'org.unknown':''}")),
        bundle("misc_props: unknown", b -> b.top("unknown", "'unknown'")),
        bundle("root_readonly_true", b -> b.top("root", "{'path':'rootfs','readonly':true}")),
        bundle("root_readonly_false", b -> b.top("root", "{'path':'rootfs','readonly':false}")),
        bundle("process", b -> b.process("cwd", "'/tmp'").process("env", "['PATH=/bin','A=b=c']")),
        bundle("process_user", b -> b.process("user", "{'uid':10,'gid':10,'umask':2}")),
        bundle(
            "process_user: groups",
            b -> b.process("user", "{'uid':10,'gid':10,'additionalGids':[5,6]}")),
        bundle("process_user: no name", b -> b.process("user", "{'uid':11,'gid':10}")),
        bundle("process: home", b -> b.process("env", "['PATH=/bin','HOME=/own']")),
        bundle(
            "process_capabilities", b -> capabilities(b, "'CAP_CHOWN','CAP_NET_ADMIN','CAP_KILL'")),
        bundle(
            "process_capabilities_fail", b -> capabilities(b, "'CAP_CHOWN','CAP_TEST','CAP_KILL'")),
        bundle("process_oom_score_adj", b -> b.process("oomScoreAdj", "500")),
        bundle("process_rlimits", b -> b.process("rlimits", limits())),
        bundle("linux_process", b -> b.process("noNewPrivileges", "true")),
        bundle("linux_devices", OciValidationIT::devices),
        bundle("linux_masked_paths: file", b -> b.linux("maskedPaths", "['/masked/file']")),
        bundle("linux_masked_paths: dir", b -> b.linux("maskedPaths", "['/masked/directory']")),
        bundle("linux_masked_paths: link", b -> b.linux("maskedPaths", "['/masked/link']")),
        bundle("linux_masked_paths: none", b -> b.linux("maskedPaths", "['/masked/none']")),
        bundle("linux_readonly_paths: file", b -> b.linux("readonlyPaths", "['/fixed/file']")),
        bundle("linux_readonly_paths: dir", b -> b.linux("readonlyPaths", "['/fixed/directory']")),
        bundle("linux_readonly_paths: link", b -> b.linux("readonlyPaths", "['/fixed/link']")),
        bundle("linux_readonly_paths: none", b -> b.linux("readonlyPaths", "['/fixed/none']")),
        bundle("linux_ns_nopath", b -> b.linux("namespaces", namespaces("user"))),
        bundle("linux_ns_itype: pid", b -> b.linux("namespaces", namespaces("pid"))),
        bundle("linux_ns_itype: net", b -> b.linux("namespaces", namespaces("network"))),
        bundle("linux_ns_itype: ipc", b -> b.linux("namespaces", namespaces("ipc"))),
        bundle("linux_ns_itype: uts", b -> b.linux("namespaces", namespaces("uts"))),
        bundle("linux_ns_itype: cgroup", b -> b.linux("namespaces", namespaces("cgroup"))),
        bundle("linux_rootfs_propagation: slave", b -> propagation(b, "slave")),
        bundle("linux_rootfs_propagation: private", b -> propagation(b, "private")),
        bundle("linux_seccomp", b -> b.linux("seccomp", seccomp())),
        bundle("linux_sysctl", b -> b.linux("sysctl", "{'net.ipv4.ip_forward':'1'}")),
        bundle("linux_sysctl: ipc", b -> b.linux("sysctl", "{'kernel.shmmax':'65536'}")),
        bundle("linux_uid_mappings", OciValidationIT::mappings),
        bundle("mounts", b -> b.mount(tmpfs("/tmp"))),
        bundle("mounts: order", b -> b.mount(tmpfs("/tmp")).mount(tmpfs("/tmp/deeper"))),
        bundle("mounts: missing", b -> b.mount(tmpfs("/not/there/../yet"))));
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        bundle(
            "process_rlimits_fail",
            b -> b.process("rlimits", "[{'type':'RLIMIT_TEST','soft':1,'hard':1}]")),
        bundle("process_apparmor_profile", b -> b.process("apparmorProfile", "'acme_secure'")),
        bundle("linux_mount_label", b -> b.linux("mountLabel", "'system_u:object_r:x:s0'")),
        bundle("linux_intel_rdt", b -> b.linux("intelRdt", "{'l3CacheSchema':'L3:0=1'}")),
        bundle("linux_sysctl: host's", b -> b.linux("sysctl", "{'kernel.panic':'1'}")),
        bundle("hostname: no namespace", OciValidationIT::nameless),
        bundle("linux_ns_path_type: cgroup", b -> joined(b, "cgroup", "ipc")),
        bundle("linux_ns_path_type: ipc", b -> joined(b, "ipc", "mnt")),
        bundle("linux_ns_path_type: mount", b -> joined(b, "mount", "net")),
        bundle("linux_ns_path_type: network", b -> joined(b, "network", "pid")),
        bundle("linux_ns_path_type: pid", b -> joined(b, "pid", "user")),
        bundle("linux_ns_path_type: user", b -> joined(b, "user", "uts")),
        bundle("linux_ns_path_type: uts", b -> joined(b, "uts", "cgroup")));
  }

  private static Arguments bundle(String name, Consumer<OciBundle> change) {
    return arguments(name, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void accepted(String name, Consumer<OciBundle> change) throws Exception {
    change.accept(bundle);
    bundle.write();
    String right = run(runc).text();
    assertTrue(right.contains("Max open files"), right);
    assertEquals(right, run(ours).text(), name);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refused(String name, Consumer<OciBundle> change) throws Exception {
    change.accept(bundle);
    bundle.write();
    assertNotEquals(0, run(runc).status(), name);
    assertNotEquals(0, run(ours).status(), name);
  }

  @ParameterizedTest(name = "linux_ns_path: {0}")
  @CsvSource({"ipc,ipc,ipc", "mount,mnt,mount", "network,net,net", "pid,pid,pid", "uts,uts,uts"})
  void joined(String kind, String file, String flag) throws Exception {
    for (OciRuntime runtime : new OciRuntime[] {runc, ours}) {
      Process other =
          new ProcessBuilder("unshare", "--" + flag, "--fork", "--kill-child", "sleep", "1000")
              .start();
      try {
        Path namespace = Path.of("/proc", Long.toString(child(other)), "ns", file);
        String entry = "{'type':'" + kind + "','path':'" + namespace + "'}";
        bundle
            .linux("namespaces", namespaces(kind).replace("]", "," + entry + "]"))
            .script("readlink /proc/self/ns/" + file)
            .write();
        assertEquals(Files.readSymbolicLink(namespace) + "\n", run(runtime).text(), kind);
      } finally {
        other.descendants().forEach(ProcessHandle::destroyForcibly);
        other.destroyForcibly().waitFor();
      }
    }
  }

  private static long child(Process process) throws InterruptedException {
    for (int i = 0; i < 500 && process.children().findAny().isEmpty(); i++) {
      Thread.sleep(20);
    }
    return process.children().findAny().orElseThrow().pid();
  }

  private OciRuntime.Outcome run(OciRuntime runtime) throws IOException {
    String id = "jollyboat-validation-" + ProcessHandle.current().pid();
    return runtime.call("run", "--bundle", bundle.directory().toString(), id);
  }

  private static void capabilities(OciBundle bundle, String names) {
    String set = "[" + names + "]";
    bundle.process(
        "capabilities",
        "{'bounding':S,'effective':S,'permitted':S,'inheritable':S,'ambient':S}".replace("S", set));
  }

  private static String limits() {
    return Stream.of("CORE", "CPU", "DATA", "STACK", "NOFILE", "LOCKS", "MSGQUEUE", "RSS")
        .map(name -> "{'type':'RLIMIT_" + name + "','soft':1000,'hard':2000}")
        .collect(Collectors.joining(",", "[", "]"))
        .replace("DATA','soft':1000,'hard':2000", "DATA','soft':10000000,'hard':20000000")
        .replace("STACK','soft':1000,'hard':2000", "STACK','soft':1000000,'hard':2000000");
  }

  private static void devices(OciBundle bundle) {
    bundle.linux(
        "devices",
        "[{'path':'/dev/test','type':'c','major':10,'minor':666,'fileMode':432,'uid':0,'gid':0},"
            + "{'path':'/dev/test1','type':'b','major':8,'minor':666,'fileMode':432,'uid':0},"
            + "{'path':'/nodes/test2','type':'p','fileMode':432,'gid':3},"
            + "{'path':'/dev/test3','type':'u','major':10,'minor':667}]");
  }

  private static String namespaces(String kind) {
    StringBuilder all = new StringBuilder("[" + (kind.equals("mount") ? "" : "{'type':'mount'}"));
    for (String other : new String[] {"pid", "network", "ipc", "uts", "cgroup"}) {
      all.append(other.equals(kind) ? "" : ",{'type':'" + other + "'}");
    }
    return all.toString().replace("[,", "[") + "]";
  }

  private static void propagation(OciBundle bundle, String mode) {
    bundle.linux("rootfsPropagation", "'" + mode + "'");
  }

  private static String seccomp() {
    return "{'defaultAction':'SCMP_ACT_ALLOW',"
        + "'syscalls':[{'names':['mkdir','mkdirat'],'action':'SCMP_ACT_ERRNO'}]}";
  }

  private static void mappings(OciBundle bundle) {
    String map = "[{'containerID':0,'hostID':1000,'size':2000}]";
    bundle
        .linux("namespaces", namespaces("none").replace("]", ",{'type':'user'}]"))
        .linux("uidMappings", map)
        .linux("gidMappings", map);
  }

  private static String tmpfs(String target) {
    return "{'destination':'"
        + target
        + "','type':'tmpfs','source':'tmpfs',"
        + "'options':['nosuid','strictatime','mode=755','size=1k']}";
  }

  private static void nameless(OciBundle bundle) {
    bundle.top("hostname", "'x'").linux("namespaces", namespaces("uts"));
  }

  private static void joined(OciBundle bundle, String kind, String wrong) {
    String entry = "{'type':'" + kind + "','path':'/proc/self/ns/" + wrong + "'}";
    bundle.linux("namespaces", namespaces(kind).replace("]", "," + entry + "]"));
  }
}
