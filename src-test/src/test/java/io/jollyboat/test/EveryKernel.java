package io.jollyboat.test;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Depends on the kernel, its control groups or on capabilities that this machine may lack: also run
 * in the virtual machines of {@code scripts/vm-tests}, on pure v2, under systemd and on the oldest
 * kernel. All is emulated there, and nearly as slow as that sounds: few tests, one JVM, and {@link
 * TestImages#BUSYBOX} only. Where this cannot be seen, in linux-impl, the tag alone says the same.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag(EveryKernel.TAG)
public @interface EveryKernel {
  String TAG = "every-kernel";

  /**
   * Of what depends on who owns the groups above: of {@link EveryKernel}, that part is run under
   * systemd, whose kernel is that of the bare machine. A class in linux-impl has the tag alone.
   */
  String DELEGATED = "delegated";

  /** Of a method that no kernel before Linux 5.19 can pass, as the documents say. */
  String SINCE_5_19 = "linux-5.19";
}
