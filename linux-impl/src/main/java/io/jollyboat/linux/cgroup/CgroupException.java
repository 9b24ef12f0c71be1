package io.jollyboat.linux.cgroup;

/** The kernel refused something about a control group; the message names file, value and reason. */
public final class CgroupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CgroupException(String message, Throwable cause) {
    super(message, cause);
  }

  CgroupException(String message) {
    super(message);
  }
}
