package io.jollyboat.oci;

import com.google.errorprone.annotations.CheckReturnValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The name of a stack of layers, applied one on the other: OCI image-spec, config, "Layer ChainID".
 * Immutable.
 */
@CheckReturnValue
public record ChainId(Digest digest) {
  /**
   * The chain id of these layers, the lowest first.
   *
   * @throws IllegalArgumentException when there is none: an empty stack has no name
   */
  public static ChainId of(List<Digest> diffIds) {
    if (diffIds.isEmpty()) {
      throw new IllegalArgumentException("a stack of no layers has no chain id");
    }
    List<ChainId> chain = ofEach(diffIds);
    return chain.get(chain.size() - 1);
  }

  /** The chain id of each stack that ends with one of these layers, the lowest first. */
  public static List<ChainId> ofEach(List<Digest> diffIds) {
    List<ChainId> chain = new ArrayList<>(diffIds.size());
    for (Digest diffId : diffIds) {
      chain.add(chain.isEmpty() ? new ChainId(diffId) : chain.get(chain.size() - 1).with(diffId));
    }
    return List.copyOf(chain);
  }

  /** The chain id with one more layer on top. */
  public ChainId with(Digest diffId) {
    return new ChainId(Digest.sha256((digest + " " + diffId).getBytes(StandardCharsets.UTF_8)));
  }

  public String hex() {
    return digest.hex();
  }

  @Override
  public String toString() {
    return digest.toString();
  }
}
