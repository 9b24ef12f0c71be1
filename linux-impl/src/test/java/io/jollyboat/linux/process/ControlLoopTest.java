package io.jollyboat.linux.process;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.PollCalls;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class ControlLoopTest {

  @Test
  void handler_thatThrowsAnything_doesNotEndTheOthers() throws Exception {
    CountDownLatch served = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    try (Fd bad = PollCalls.eventCounter();
        Fd good = PollCalls.eventCounter();
        ControlLoop loop = new ControlLoop()) {
      loop.register(
          bad,
          new ControlLoop.Handler() {
            @Override
            public boolean readable() {
              bad.close();
              throw new StackOverflowError("a handler's");
            }

            @Override
            public void ended() {
              ended.countDown();
              throw new IllegalStateException("a handler's");
            }
          });
      loop.register(good, counting(served));
      PollCalls.signal(bad);
      assertTrue(ended.await(5, TimeUnit.SECONDS));

      PollCalls.signal(good);

      assertTrue(served.await(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void register_closedLoop_isRefused() {
    ControlLoop loop = new ControlLoop();
    loop.close();
    loop.close();
    try (Fd counter = PollCalls.eventCounter()) {
      assertThrows(
          IllegalStateException.class,
          () -> loop.register(counter, counting(new CountDownLatch(1))));
    }
  }

  private static ControlLoop.Handler counting(CountDownLatch served) {
    return new ControlLoop.Handler() {
      @Override
      public boolean readable() {
        served.countDown();
        return false;
      }

      @Override
      public void ended() {}
    };
  }
}
