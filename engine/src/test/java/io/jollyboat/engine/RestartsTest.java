package io.jollyboat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ExitStatus;
import io.jollyboat.RestartPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RestartsTest {
  private static ExitStatus exit(int code, Duration ran) {
    return new ExitStatus(code, OptionalInt.empty(), false, false, ran);
  }

  private static final ExitStatus FAILED = exit(1, Duration.ofMillis(5));
  private static final ExitStatus WELL = exit(0, Duration.ofMillis(5));

  @Test
  void after_alwaysEndingSoon_waitsTwiceAsLongUpToAMinute() {
    Restarts restarts = new Restarts(RestartPolicy.always());
    Duration pause = Duration.ofMillis(100);
    for (int i = 0; i < 10; i++) {
      assertEquals(Optional.of(pause), restarts.after(WELL));
      pause = pause.multipliedBy(2);
    }
    assertEquals(Optional.of(Duration.ofMinutes(1)), restarts.after(WELL));
    assertEquals(Optional.of(Duration.ofMinutes(1)), restarts.after(WELL));
  }

  @Test
  void after_longRun_waitsShortAgain() {
    Restarts restarts = new Restarts(RestartPolicy.always());
    restarts.after(FAILED);
    restarts.after(FAILED);
    assertEquals(
        Optional.of(Duration.ofMillis(100)), restarts.after(exit(1, Duration.ofSeconds(10))));
  }

  @Test
  void after_onFailure_countsAndEnds() {
    Restarts restarts = new Restarts(RestartPolicy.onFailure(2));
    assertTrue(restarts.after(WELL).isEmpty());
    assertTrue(restarts.after(FAILED).isPresent());
    assertTrue(restarts.after(FAILED).isPresent());
    assertTrue(restarts.after(FAILED).isEmpty());
    assertEquals(2, restarts.count());
    restarts.begin();
    assertTrue(restarts.after(FAILED).isPresent());
  }

  @Test
  void after_no_isNever() {
    assertTrue(new Restarts(RestartPolicy.no()).after(FAILED).isEmpty());
  }
}
