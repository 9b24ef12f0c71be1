package io.jollyboat.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.ResourceLimit;
import io.jollyboat.linux.security.Capabilities;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigTest {
  private static final Path BUNDLE = Path.of("/bundle");
  private static final String MOUNT_NAMESPACE = "'namespaces':[{'type':'mount'}]";

  @Test
  void of_aSmallConfiguration_isRead() {
    Config config = config("'args':['true'],'cwd':'/'", MOUNT_NAMESPACE);
    assertEquals(Path.of("/bundle/rootfs"), config.root());
    assertEquals(List.of("true"), config.process().arguments());
    assertTrue(config.linux().isNew(Namespace.MOUNT));
    assertTrue(!config.linux().namespaces().containsKey(Namespace.PID));
  }

  @Test
  void of_everyMemberOfAProcess_isRead() {
    ProcessConfig process =
        config(
                "'args':['a','b'],'cwd':'/w','env':['A=1'],'terminal':true,"
                    + "'consoleSize':{'height':24,'width':80},"
                    + "'user':{'uid':4294967294,'gid':2,'additionalGids':[3,4],'umask':63},"
                    + "'capabilities':{'bounding':['CAP_KILL','CAP_NOSUCH'],'ambient':['CAP_CHOWN']},"
                    + "'rlimits':[{'type':'RLIMIT_NOFILE','soft':10,'hard':18446744073709551615}],"
                    + "'noNewPrivileges':true,'oomScoreAdj':-5,"
                    + "'ioPriority':{'class':'IOPRIO_CLASS_BE','priority':3},"
                    + "'scheduler':{'policy':'SCHED_BATCH','nice':4}",
                MOUNT_NAMESPACE)
            .process();
    assertEquals(new ProcessConfig.ConsoleSize(24, 80), process.consoleSize());
    assertEquals(new ProcessConfig.User(-2, 2, List.of(3, 4), OptionalInt.of(077)), process.user());
    assertEquals(Capabilities.of("KILL"), process.capabilities().bounding());
    assertEquals(Capabilities.of("CHOWN"), process.capabilities().ambient());
    assertEquals(List.of("CAP_NOSUCH"), process.capabilities().unknown());
    assertEquals(List.of(new ProcessConfig.Limit(ResourceLimit.NOFILE, 10, -1)), process.limits());
    assertEquals(OptionalInt.of(-5), process.oomScore());
    assertEquals(
        new ScheduleConfig.IoPriority(2, 3), process.schedule().ioPriority().orElseThrow());
    assertEquals(3, process.schedule().scheduler().orElseThrow().policy());
  }

  @Test
  void of_unknownMembers_areIgnored() {
    assertEquals(
        List.of("true"),
        config("'args':['true'],'cwd':'/','x':{'y':1}", MOUNT_NAMESPACE + ",'later':[1]")
            .process()
            .arguments());
  }

  /** What is wrong, where. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'cwd':'/' | process.args",
        "'args':['a'] | process.cwd",
        "'args':['a'],'cwd':'x' | process.cwd",
        "'args':[1],'cwd':'/' | process.args[0]",
        "'args':['a'],'cwd':'/','oomScoreAdj':1001 | process.oomScoreAdj",
        "'args':['a'],'cwd':'/','rlimits':[{'type':'RLIMIT_X','soft':1,'hard':1}] | process.rlimits[0].type",
        "'args':['a'],'cwd':'/','scheduler':{'policy':'SCHED_X'} | process.scheduler.policy",
        "'args':['a'],'cwd':'/','ioPriority':{'class':'X'} | process.ioPriority.class",
        "'args':['a'],'cwd':'/','user':{'uid':4294967296} | process.user.uid",
        "'args':['a'],'cwd':'/','commandLine':'x' | process.commandLine",
      })
  void of_aWrongProcess_namesThePlace(String process, String place) {
    assertPlace(place, () -> config(process, MOUNT_NAMESPACE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'x':1 | linux.namespaces",
        "'namespaces':[{'type':'moon'}] | linux.namespaces[0].type",
        "'namespaces':[{'type':'mount'},{'type':'mount'}] | linux.namespaces[1].type",
        "'namespaces':[{'type':'mount'},{'type':'pid','path':'x'}] | linux.namespaces[1].path",
        "'namespaces':[{'type':'mount'},{'type':'user'}] | linux.uidMappings",
        "'namespaces':[{'type':'mount'}],'intelRdt':{'closID':'x'} | linux.intelRdt",
        "'namespaces':[{'type':'mount'}],'mountLabel':'x' | linux.mountLabel",
        "'namespaces':[{'type':'mount'}],'rootfsPropagation':'x' | linux.rootfsPropagation",
        "'namespaces':[{'type':'mount'}],'timeOffsets':{'boottime':{'secs':1}} | linux.timeOffsets",
        "'namespaces':[{'type':'mount'}],'devices':[{'path':'x','type':'c'}] | linux.devices[0].path",
        "'namespaces':[{'type':'mount'}],'devices':[{'path':'/x','type':'z'}] | linux.devices[0].type",
        "'namespaces':[{'type':'mount'}],'personality':{'domain':'X'} | linux.personality.domain",
      })
  void of_aWrongLinux_namesThePlace(String linux, String place) {
    assertPlace(place, () -> config("'args':['a'],'cwd':'/'", linux));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'ociVersion':'2.0.0' | ociVersion",
        "'ociVersion':'x' | ociVersion",
        "'ociVersion':'1.0.2','windows':{'x':1} | windows",
        "'ociVersion':'1.0.2','hostname':'h' | hostname",
        "'ociVersion':'1.0.2','mounts':[{'destination':'x','type':'proc'}] | mounts[0].destination",
        "'ociVersion':'1.0.2','mounts':[{'destination':'/x'}] | mounts[0].type",
        "'ociVersion':'1.0.2','mounts':[{'destination':'/x','type':'bind'}] | mounts[0].source",
        "'ociVersion':'1.0.2','hooks':{'prestart':[{'path':'x'}]} | hooks.prestart[0].path",
        "'ociVersion':'1.0.2','hooks':{'poststop':[{'path':'/x','timeout':0}]} | hooks.poststop[0].timeout",
      })
  void of_aWrongFile_namesThePlace(String members, String place) {
    assertPlace(
        place,
        () ->
            read(
                "{"
                    + members
                    + ",'root':{'path':'r'},'linux':{"
                    + MOUNT_NAMESPACE
                    + "},'process':{'args':['a'],'cwd':'/'}}"));
  }

  @Test
  void mounts_relativeSource_startsFromTheBundle() {
    Config config =
        read(
            "{'ociVersion':'1.2.0','root':{'path':'/r'},'linux':{"
                + MOUNT_NAMESPACE
                + "},'mounts':[{'destination':'/a/../b','source':'s','options':['rbind','ro']}]}");
    assertEquals("/bundle/s", config.mounts().get(0).source());
    assertEquals("/b", config.mounts().get(0).target());
    assertTrue(config.mounts().get(0).isBind());
  }

  @Test
  void timeOffsets_ofANewTimeNamespace_areLinesOfTheKernel() {
    Config config =
        config(
            "'args':['a'],'cwd':'/'",
            "'namespaces':[{'type':'mount'},{'type':'time'}],"
                + "'timeOffsets':{'boottime':{'secs':-3,'nanosecs':5}}");
    assertEquals("boottime -3 5\n", config.linux().timeOffsets().orElseThrow());
  }

  private static void assertPlace(String place, Runnable reading) {
    RuntimeFailure failure = assertThrows(RuntimeFailure.class, reading::run);
    String message = String.valueOf(failure.getMessage());
    assertTrue(
        message.startsWith("config.json: " + place + ": ") || message.startsWith(place), message);
  }

  private static Config config(String process, String linux) {
    return read(
        "{'ociVersion':'1.2.0','root':{'path':'rootfs'},'process':{"
            + process
            + "},'linux':{"
            + linux
            + "}}");
  }

  private static Config read(String json) {
    return Config.of(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), BUNDLE);
  }
}
