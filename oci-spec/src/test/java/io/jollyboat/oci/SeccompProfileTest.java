package io.jollyboat.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.oci.SeccompProfile.Action;
import io.jollyboat.oci.SeccompProfile.ArchitectureMap;
import io.jollyboat.oci.SeccompProfile.Argument;
import io.jollyboat.oci.SeccompProfile.Circumstances;
import io.jollyboat.oci.SeccompProfile.Comparison;
import io.jollyboat.oci.SeccompProfile.KernelVersion;
import io.jollyboat.oci.SeccompProfile.Rule;
import io.jollyboat.oci.SeccompProfile.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeccompProfileTest {
  private static SeccompProfile parse(String json) {
    return SeccompProfile.parse(json.replace('\'', '"'));
  }

  @Test
  void parse_dockersForm_isReadWhole() {
    SeccompProfile profile =
        parse(
            """
            {
              'defaultAction': 'SCMP_ACT_ERRNO', 'defaultErrnoRet': 38,
              'archMap': [
                {'architecture': 'SCMP_ARCH_X86_64', 'subArchitectures': ['SCMP_ARCH_X86', 'SCMP_ARCH_X32']},
                {'architecture': 'SCMP_ARCH_AARCH64', 'subArchitectures': ['SCMP_ARCH_ARM']}
              ],
              'syscalls': [
                {'names': ['read', 'write'], 'action': 'SCMP_ACT_ALLOW', 'args': null, 'comment': '',
                 'includes': {}, 'excludes': {}},
                {'name': 'clone', 'action': 'SCMP_ACT_ERRNO', 'errnoRet': 1,
                 'args': [{'index': 0, 'value': 2114060288, 'valueTwo': 0, 'op': 'SCMP_CMP_MASKED_EQ'}],
                 'includes': {'caps': ['CAP_SYS_ADMIN'], 'arches': ['amd64'], 'minKernel': '4.8'},
                 'excludes': {'caps': ['CAP_BPF'], 'arches': ['s390', 's390x']}}
              ]
            }
            """);
    assertEquals(new Action(Verdict.ERRNO, 38), profile.defaultAction());
    assertEquals(
        List.of(
            new ArchitectureMap("SCMP_ARCH_X86_64", List.of("SCMP_ARCH_X86", "SCMP_ARCH_X32")),
            new ArchitectureMap("SCMP_ARCH_AARCH64", List.of("SCMP_ARCH_ARM"))),
        profile.architectureMap());
    assertEquals(
        List.of(
            new Rule(
                List.of("read", "write"),
                new Action(Verdict.ALLOW, 0),
                List.of(),
                Circumstances.NONE,
                Circumstances.NONE),
            new Rule(
                List.of("clone"),
                new Action(Verdict.ERRNO, 1),
                List.of(new Argument(0, Comparison.MASKED_EQUAL, 2114060288L, 0)),
                new Circumstances(
                    List.of("CAP_SYS_ADMIN"),
                    List.of("amd64"),
                    Optional.of(new KernelVersion(4, 8))),
                new Circumstances(List.of("CAP_BPF"), List.of("s390", "s390x"), Optional.empty()))),
        profile.rules());
  }

  @Test
  void parse_ociForm_isReadWhole() {
    SeccompProfile profile =
        parse(
            """
            {'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': ['SCMP_ARCH_X86', 'SCMP_ARCH_RISCV64'],
             'flags': ['SECCOMP_FILTER_FLAG_LOG'],
             'syscalls': [{'names': ['getcwd'], 'action': 'SCMP_ACT_TRACE'}]}
            """);
    assertEquals(new Action(Verdict.ALLOW, 0), profile.defaultAction());
    assertEquals(List.of("SCMP_ARCH_X86", "SCMP_ARCH_RISCV64"), profile.architectures());
    assertEquals(List.of("SECCOMP_FILTER_FLAG_LOG"), profile.flags());
    assertEquals(new Action(Verdict.TRACE, 1), profile.rules().get(0).action());
  }

  @Test
  void parse_errorsByName_areTheirNumbers() {
    SeccompProfile profile =
        parse(
            """
            {'defaultAction': 'SCMP_ACT_ERRNO', 'defaultErrno': 'ENOSYS', 'syscalls': [
             {'names': ['bpf'], 'action': 'SCMP_ACT_ERRNO', 'errnoRet': 1, 'errno': 'EPERM'}]}
            """);
    assertEquals(new Action(Verdict.ERRNO, 38), profile.defaultAction());
    assertEquals(new Action(Verdict.ERRNO, 1), profile.rules().get(0).action());
  }

  @Test
  void parse_valuesOf64Bits_areUnsigned() {
    SeccompProfile profile =
        parse(
            """
            {'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [{'names': ['read'], 'action': 'SCMP_ACT_KILL',
             'args': [{'index': 5, 'value': 18446744073709551615, 'op': 'SCMP_CMP_GE'}]}]}
            """);
    assertEquals(
        List.of(new Argument(5, Comparison.GREATER_OR_EQUAL, -1, 0)),
        profile.rules().get(0).arguments());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {}                                                       | seccomp profile: defaultAction: is missing
          []                                                       | seccomp profile: not a JSON object
          {'defaultAction': 'ALLOW'}                               | seccomp profile: defaultAction: is no action: ALLOW
          {'defaultAction': 7}                                     | seccomp profile: defaultAction: must be a string
          {'defaultAction': 'SCMP_ACT_NOTIFY'}                     | seccomp profile: defaultAction: SCMP_ACT_NOTIFY is not supported: nobody is told of calls here
          {'defaultAction': 'SCMP_ACT_ALLOW', 'listenerPath': '/s'} | seccomp profile: listenerPath: is not supported: nobody is told of calls here
          {'defaultAction': 'SCMP_ACT_ALLOW', 'defaultErrnoRet': 1} | seccomp profile: defaultErrnoRet: means nothing for SCMP_ACT_ALLOW
          {'defaultAction': 'SCMP_ACT_ERRNO', 'defaultErrnoRet': 4096} | seccomp profile: defaultErrnoRet: must be 0 to 4095, not 4096
          {'defaultAction': 'SCMP_ACT_ALLOW', 'syscall': []}       | seccomp profile: syscall: is not known
          {'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': ['amd64']} | seccomp profile: architectures[0]: is no architecture: amd64
          {'defaultAction': 'SCMP_ACT_ALLOW', 'flags': ['X']}      | seccomp profile: flags[0]: is unknown or not supported: X
          {'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': ['SCMP_ARCH_X86'], 'archMap': [{'architecture': 'SCMP_ARCH_X86'}]} | seccomp profile: has both architectures and archMap: use one of them
          """)
  void parse_badDocument_namesThePlace(String json, String message) {
    assertEquals(message, refusal(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {'action': 'SCMP_ACT_ALLOW'}                             | .names: is missing: a rule needs at least one system call
          {'names': ['read']}                                      | .action: is missing
          {'names': 'read', 'action': 'SCMP_ACT_ALLOW'}            | .names: must be an array
          {'name': 'a', 'names': ['b'], 'action': 'SCMP_ACT_ALLOW'} | .name: stands beside names: use one of them
          {'names': ['read'], 'action': 'SCMP_ACT_ALLOW', 'arg': []} | .arg: is not known
          {'names': ['read'], 'action': 'SCMP_ACT_KILL', 'errnoRet': 1} | .errnoRet: means nothing for SCMP_ACT_KILL
          {'names': ['read'], 'action': 'SCMP_ACT_ALLOW', 'args': [{'index': 6, 'value': 1, 'op': 'SCMP_CMP_EQ'}]} | .args[0].index: must be 0 to 5, not 6
          {'names': ['read'], 'action': 'SCMP_ACT_ALLOW', 'args': [{'index': 0, 'value': -1, 'op': 'SCMP_CMP_EQ'}]} | .args[0].value: must not be negative
          {'names': ['read'], 'action': 'SCMP_ACT_ALLOW', 'args': [{'index': 0, 'value': 18446744073709551616, 'op': 'SCMP_CMP_EQ'}]} | .args[0].value: must be a whole number of 64 bits
          {'names': ['read'], 'action': 'SCMP_ACT_ALLOW', 'args': [{'index': 0, 'value': 1, 'op': '=='}]} | .args[0].op: is no comparison: ==
          {'names': ['read'], 'action': 'SCMP_ACT_ERRNO', 'errno': 'EODD'} | .errno: is not known: give its number in errnoRet
          {'names': ['read'], 'action': 'SCMP_ACT_ERRNO', 'errno': 'EPERM', 'errnoRet': 2} | .errno: is 1, but errnoRet is 2
          {'names': ['read'], 'action': 'SCMP_ACT_ALLOW', 'includes': {'minKernel': 'new'}} | .includes.minKernel: is no version such as 4.8: new
          {'names': ['read'], 'action': 'SCMP_ACT_ALLOW', 'excludes': {'cap': []}} | .excludes.cap: is not known
          """)
  void parse_badRule_namesThePlace(String rule, String message) {
    String good = "{'names': ['write'], 'action': 'SCMP_ACT_ALLOW'}";
    assertEquals(
        "seccomp profile: syscalls[1]" + message,
        refusal("{'defaultAction': 'SCMP_ACT_ERRNO', 'syscalls': [" + good + ", " + rule + "]}"));
  }

  private static String refusal(String json) {
    return String.valueOf(assertThrows(OciFormatException.class, () -> parse(json)).getMessage());
  }

  @Test
  void parseWithListener_takesWhatTellsAnother() {
    SeccompProfile profile =
        SeccompProfile.parseWithListener(
            ("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerPath\":\"/s\",\"syscalls\":"
                    + "[{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_NOTIFY\"}]}")
                .getBytes(StandardCharsets.UTF_8));
    assertEquals(new Action(Verdict.NOTIFY, 0), profile.rules().get(0).action());
    assertTrue(profile.notifies());
    assertTrue(profile.notifiesOf("mkdir"));
    assertFalse(profile.notifiesOf("open"));
  }
}
