package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.InterruptedOperationException;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.registry.server.Fault;
import io.jollyboat.registry.server.RegistryServer;
import java.io.ByteArrayInputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class InterruptTest {
  private final Story story = Story.small();

  /** Interrupts a call that waits for the server, and checks how it ends. */
  private static void interrupt(RegistryServer server, Runnable call) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    server.forgetRequests();
    Thread thread = new Thread(call);
    thread.setUncaughtExceptionHandler(
        (t, e) -> {
          failure.set(e);
          flag.set(Thread.currentThread().isInterrupted());
        });
    thread.start();
    while (server.requests().stream().noneMatch(request -> request.status() == 0)) {
      Thread.sleep(5);
    }
    thread.interrupt();
    thread.join();
    assertInstanceOf(InterruptedOperationException.class, failure.get());
    assertTrue(flag.get(), "the thread's flag is set");
  }

  @Test
  void interrupt_whileTheRegistryIsSilent_endsTheCall() throws InterruptedException {
    try (RegistryServer server = RegistryServer.start();
        HttpRegistry registry = Story.client().build()) {
      ImageReference name = ImageReference.parse(server.address() + "/x:1");
      story.push(registry, name);
      server.fail("HEAD .*", 1, Fault.stall());
      interrupt(server, () -> assertTrue(registry.resolve(name).isEmpty()));
      server.fail("GET .*/blobs/.*", 1, Fault.stall());
      interrupt(
          server,
          () ->
              assertInstanceOf(
                  BlobStream.class, registry.blob(name, story.layer().descriptor(), 0)));
      server.fail("PUT .*/blobs/.*", 1, Fault.stall());
      interrupt(
          server,
          () ->
              registry.pushBlob(
                  name,
                  story.layer().descriptor(),
                  new ByteArrayInputStream(story.layer().content())));
      assertTrue(registry.resolve(name).isPresent());
    }
  }
}
