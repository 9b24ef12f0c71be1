package io.jollyboat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContainerSpec;
import io.jollyboat.DeviceLimits;
import io.jollyboat.IdMap;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.LogLimit;
import io.jollyboat.Mount;
import io.jollyboat.NamespaceMode;
import io.jollyboat.NetworkMode;
import io.jollyboat.PullPolicy;
import io.jollyboat.Resources;
import io.jollyboat.RestartPolicy;
import io.jollyboat.Rights;
import io.jollyboat.Size;
import io.jollyboat.Wait;
import io.jollyboat.dockerfile.Healthcheck;
import io.jollyboat.oci.Digest;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class SpecTextTest {
  private static final ImageId IMAGE =
      new ImageId(Digest.sha256("image".getBytes(StandardCharsets.UTF_8)));
  private static final String ODD = " a\nb\\u0041 \t\"$x\" \u00e4\ud83d\ude00 \ud800 ";

  @Test
  void read_ofWhatWasPrinted_isTheSame() throws UnknownHostException {
    for (ContainerSpec spec :
        List.of(
            full(),
            ContainerSpec.of(IMAGE),
            ContainerSpec.of("busybox:latest").command(new String[0]),
            ContainerSpec.of("x").entrypoint("").env("EMPTY", "").label("", ODD),
            ContainerSpec.sandbox(Image.from(IMAGE)).env("A", "b"),
            ContainerSpec.of("x").rights(Rights::seccompUnconfined).health(Healthcheck.none()),
            ContainerSpec.of("x").resources(Resources::unlimitedSwap).network(NetworkMode.HOST))) {
      assertEquals(spec, SpecText.read(SpecText.print(spec, IMAGE)), SpecText.print(spec, IMAGE));
    }
  }

  @Test
  void print_ofARecipe_keepsTheImageThatItBecame() {
    ContainerSpec spec = ContainerSpec.of(Image.scratch()).command("x");
    assertEquals(ContainerSpec.of(IMAGE).command("x"), SpecText.read(SpecText.print(spec, IMAGE)));
  }

  @Test
  void print_ofEverything_hasALineForEveryOption() throws UnknownHostException {
    Set<String> said =
        SpecText.print(full(), IMAGE)
            .lines()
            .skip(2)
            .map(line -> line.split(" ")[0])
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> all = new TreeSet<>(SpecText.FORM.names());
    // Of these, only one of two can be said.
    all.removeAll(List.of("resources.unlimited-swap", "rights.unconfined"));
    assertEquals(all, said);
  }

  /** So that an option that is new has to be added here, and with it to the text. */
  @Test
  void everything_isSaidInTheseTests() throws ReflectiveOperationException, UnknownHostException {
    differs(full(), ContainerSpec.of("x"), ContainerSpec.class, Set.of("sandboxed"));
    differs(full().resources(), Resources.none(), Resources.class, Set.of());
    differs(full().rights(), Rights.defaults(), Rights.class, Set.of());
  }

  private static void differs(Object full, Object plain, Class<?> type, Set<String> not)
      throws ReflectiveOperationException {
    for (Method method : type.getDeclaredMethods()) {
      boolean reader =
          Modifier.isPublic(method.getModifiers())
              && !Modifier.isStatic(method.getModifiers())
              && method.getParameterCount() == 0
              && !method.getReturnType().equals(type);
      if (reader && !not.contains(method.getName())) {
        assertNotEquals(method.invoke(plain), method.invoke(full), method.getName());
      }
    }
  }

  @Test
  void read_ofAnOptionOfLaterTimes_isRefused() {
    String text = SpecText.print(ContainerSpec.of("x"), IMAGE) + "flying high\n";
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> SpecText.read(text));
    assertTrue(String.valueOf(e.getMessage()).contains("flying"), e.getMessage());
  }

  private static ContainerSpec full() throws UnknownHostException {
    return ContainerSpec.of("registry.example/app:1")
        .name("name")
        .entrypoint("/bin/sh", "-c", ODD)
        .command("one", "", "two words")
        .env("NAME", ODD)
        .env("OTHER", "")
        .workdir("/work dir")
        .user("app:group")
        .groups("audio", "7")
        .hostname("host")
        .domainname("domain")
        .host("db", InetAddress.getByName("10.1.2.3"))
        .host("db6", InetAddress.getByName("fd00::1"))
        .label("io.example", ODD)
        .publish(80)
        .publish(8443, 443)
        .publish(new InetSocketAddress(InetAddress.getByName("0.0.0.0"), 53), 53)
        .mount(Mount.readOnly(Path.of("/etc/some file"), "/data"))
        .mount(Mount.readWrite(Path.of("/srv"), "/srv"))
        .mount(
            Mount.readWrite(Path.of("/srv"), "/shared")
                .propagation(io.jollyboat.Propagation.RSHARED)
                .createMissing())
        .mount(Mount.volume("v", "/v").subPath("a=b c").noCopy().readOnly())
        .mount(Mount.anonymous("/own"))
        .mount(Mount.tmpfs("/t", Size.mib(3)).mode(0750))
        .mount(Mount.tmpfs("/u").readOnly())
        .mount(Mount.image("registry.example/tools:1", "/tools").subPath("bin"))
        .mount(Mount.overlay(Path.of("/src"), "/src"))
        .mount(Mount.overlay(Path.of("/src"), Path.of("/changes"), "/kept"))
        .network(NetworkMode.container("other"))
        .namespaces(n -> n.pid(NamespaceMode.HOST).ipc(NamespaceMode.container("x")))
        .resources(SpecTextTest::resources)
        .rights(SpecTextTest::rights)
        .ulimit("nofile", 100, -1)
        .ulimit("core", 0, 0)
        .shm(Size.mib(8))
        .rootSize(Size.mib(100))
        .readOnlyRoot()
        .timeLimit(Duration.ofMillis(1500))
        .readyWhen(
            Wait.all(
                Wait.forPort(80).within(Duration.ofSeconds(3)),
                Wait.forLog("ready \\d+ now"),
                Wait.all(Wait.forHttp(80, "/x y"), Wait.forHealthy())))
        .stopSignal("INT")
        .stopTimeout(Duration.ofSeconds(3))
        .health(Healthcheck.exec("curl", "a b", "$x\\").interval(Duration.ofSeconds(9)).retries(2))
        .restart(RestartPolicy.onFailure(4))
        .logs(new LogLimit(Size.mib(1), 3))
        .init()
        .tty()
        .interactive()
        .detached()
        .pull(PullPolicy.NEVER);
  }

  private static Resources resources(Resources none) {
    return none.memory(Size.mib(64))
        .memoryReservation(Size.mib(32))
        .swap(Size.mib(16))
        .swappiness(10)
        .oomKillDisabled()
        .oomScore(-5)
        .cpus(1.25)
        .cpuShares(512)
        .cpuQuota(Duration.ofMillis(20), Duration.ofMillis(100))
        .cpuset("0-1")
        .memoryNodes("0")
        .pids(12)
        .ioWeight(300)
        .device(
            Path.of("/dev/my disk"),
            DeviceLimits.none()
                .readBytes(Size.mib(1))
                .writeBytes(Size.mib(2))
                .readOperations(3)
                .writeOperations(4)
                .weight(50))
        .device(Path.of("/dev/other"), DeviceLimits.none())
        .hugePages(Size.mib(2), Size.mib(4))
        .bandwidthIn(Size.mib(1))
        .bandwidthOut(Size.mib(2));
  }

  private static Rights rights(Rights defaults) {
    return defaults
        .add("NET_ADMIN", "SYS_PTRACE")
        .drop(Rights.ALL)
        .seccomp("{ \"defaultAction\":\n \"SCMP_ACT_ALLOW\" }")
        .device(Path.of("/dev/net/tun"), "/dev/tun", "rw")
        .deviceRule("c 10:200 rwm")
        .newPrivileges()
        .maskedPaths(new String[0])
        .readOnlyPaths("/proc/sys", "/proc/bus")
        .sysctl("net.core.somaxconn", "1 2")
        .userNamespace(
            List.of(new IdMap(0, 1000, 1), new IdMap(1, 2000, 10)), List.of(new IdMap(0, 5, 7)))
        .appArmor("profile")
        .privileged();
  }
}
