package io.jollyboat.it;

import io.jollyboat.ContainerSpec;
import io.jollyboat.ImageId;
import io.jollyboat.NetworkMode;
import io.jollyboat.test.TestImages;

/** Containers that tests run often. */
final class Specs {
  private Specs() {}

  /** Busybox without a network. */
  static ContainerSpec busybox() {
    return ContainerSpec.of(TestImages.BUSYBOX).network(NetworkMode.NONE);
  }

  /** An image without a network. */
  static ContainerSpec alone(ImageId id) {
    return ContainerSpec.of(id).network(NetworkMode.NONE);
  }
}
