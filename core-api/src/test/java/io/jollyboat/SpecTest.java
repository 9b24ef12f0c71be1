package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpecTest {
  @Test
  void containerSpec_everyCall_leavesTheOldOneAlone() {
    ContainerSpec plain = ContainerSpec.of("busybox");
    ContainerSpec more = plain.env("A", "1").publish(80).memory(Size.mib(64));

    assertTrue(plain.env().isEmpty());
    assertTrue(plain.ports().isEmpty());
    assertEquals(plain, ContainerSpec.of("busybox"));
    assertEquals(more, ContainerSpec.of("busybox").env("A", "1").publish(80).memory(Size.mib(64)));
    assertNotEquals(plain, more);
  }

  @Test
  void containerSpec_toString_hidesValues() {
    assertFalse(ContainerSpec.of("x").env("TOKEN", "s3cret").toString().contains("s3cret"));
  }

  @Test
  void publish_noAddress_isLoopback() {
    assertTrue(
        ContainerSpec.of("x").publish(80).ports().get(0).host().getAddress().isLoopbackAddress());
    assertThrows(IllegalArgumentException.class, () -> ContainerSpec.of("x").publish(0));
    assertThrows(IllegalArgumentException.class, () -> ContainerSpec.of("x").publish(70000));
  }

  @Test
  void sandbox_defaults_closeEverything() {
    ContainerSpec sandbox = ContainerSpec.sandbox(Image.host());
    assertEquals(NetworkMode.NONE, sandbox.network());
    assertTrue(sandbox.sandboxed());
    assertTrue(sandbox.resources().memory().isPresent());
    assertTrue(sandbox.resources().pids().isPresent());
  }

  @Test
  void buildSpec_values_equalByContent() {
    BuildSpec one = BuildSpec.defaults().tag("a").arg("X", "1").noCache("s");
    assertEquals(one, BuildSpec.defaults().tag("a").arg("X", "1").noCache("s"));
    assertEquals(Set.of("a"), one.tags());
    assertTrue(BuildSpec.defaults().tags().isEmpty());
    assertThrows(UnsupportedOperationException.class, () -> one.tags().add("b"));
  }

  @Test
  void secret_toString_saysNothing() {
    Secret secret = Secret.of("s3cret");
    assertEquals("[secret]", secret.toString());
    assertNotEquals(secret, Secret.of("s3cret"));
    assertEquals("user ann", Credentials.of("ann", secret).toString());
  }

  @Test
  void wait_all_hasTheLongestTime() {
    Wait wait = Wait.all(Wait.forPort(1).within(Duration.ofSeconds(5)), Wait.forLog("x"));
    assertEquals(Duration.ofSeconds(60), wait.within());
    assertThrows(IllegalArgumentException.class, () -> Wait.forHttp(80, "index"));
    assertThrows(IllegalArgumentException.class, () -> Wait.forLog("("));
  }

  @Test
  void mount_relativeTarget_refused() {
    assertThrows(IllegalArgumentException.class, () -> Mount.tmpfs("tmp", Size.mib(1)));
    assertEquals(
        List.of(Mount.tmpfs("/tmp", Size.mib(1))), List.of(Mount.tmpfs("/tmp", Size.mib(1))));
  }
}
