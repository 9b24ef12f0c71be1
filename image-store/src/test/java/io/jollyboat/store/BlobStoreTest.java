package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContentException;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.StoreException;
import io.jollyboat.oci.Digest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class BlobStoreTest extends StoreTest {
  private static final byte[] BYTES = "some bytes".getBytes(StandardCharsets.UTF_8);
  private static final Digest DIGEST = Digest.sha256(BYTES);

  private Path put(long size, byte[] content) {
    return store.blobs().put(DIGEST, size, new ByteArrayInputStream(content));
  }

  @Test
  void put_rightBytes_areFoundUnderTheirDigest() throws Exception {
    Path file = put(BYTES.length, BYTES);
    assertArrayEquals(BYTES, Files.readAllBytes(file));
    assertEquals(file, store.blobs().find(DIGEST).orElseThrow());
    assertArrayEquals(BYTES, store.blobs().read(DIGEST));
    assertEquals(DIGEST, store.blobs().put(BYTES));
  }

  @Test
  void put_wrongBytes_leavesNothing() {
    byte[] wrong = BYTES.clone();
    wrong[0] ^= 1;
    ContentException e = assertThrows(ContentException.class, () -> put(wrong.length, wrong));
    assertEquals(DIGEST, e.expected().orElseThrow());
    assertThrows(ContentException.class, () -> put(BYTES.length + 1, BYTES));
    assertThrows(ContentException.class, () -> put(BYTES.length - 1, BYTES));
    assertTrue(store.blobs().find(DIGEST).isEmpty());
  }

  @Test
  void read_changedOnDisk_isDamage() throws Exception {
    Files.writeString(put(BYTES.length, BYTES), "other");
    assertThrows(StoreException.class, () -> store.blobs().read(DIGEST));
  }

  @Test
  void put_interrupted_throwsWithTheFlagSet() {
    Thread.currentThread().interrupt();
    assertThrows(InterruptedOperationException.class, () -> put(BYTES.length, BYTES));
    assertTrue(Thread.interrupted());
    assertTrue(store.blobs().find(DIGEST).isEmpty());
  }
}
