package io.jollyboat.linux.rootfs;

import java.util.List;

/**
 * Who a process is.
 *
 * @param groups supplementary ones
 * @param home for HOME, as the image's passwd file has it; {@code /} when it says nothing
 */
public record ImageUser(int uid, int gid, List<Integer> groups, String home) {
  public static final ImageUser ROOT = new ImageUser(0, 0, List.of(), "/root");

  public ImageUser {
    groups = List.copyOf(groups);
  }
}
