package io.jollyboat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartFailureTest {
  private static String explain(String call, Errno errno) {
    return StartFailure.explain(List.of("sh"), new KernelException(call, "", errno));
  }

  @Test
  void explain_idsThatCannotBeMapped_saysWhatItTakes() {
    String text = explain("mount overlay of 3 layers with mapped ids", Errno.EINVAL);
    assertTrue(text.contains("Linux 5.19"), text);
    assertTrue(text.contains("userNamespace()"), text);
    String old = explain("mount overlay of 3 layers with mapped ids", Errno.ENOSYS);
    assertTrue(old.contains("Linux 5.19"), old);
  }

  @Test
  void explain_programThatIsNotThere_saysWhereItWasLookedFor() {
    assertTrue(explain("execute sh", Errno.ENOENT).contains("no program sh in the image's PATH"));
  }

  @Test
  void explain_anyOther_isTheKernelsAnswer() {
    KernelException refused = new KernelException("mount /proc", "", Errno.EPERM);
    assertEquals(
        String.valueOf(refused.getMessage()), StartFailure.explain(List.of("sh"), refused));
  }
}
