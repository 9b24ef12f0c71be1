package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LayerTarTest {
  private static final FileAttributes PLAIN =
      new FileAttributes(0644, 0, 0, Instant.ofEpochSecond(1_500_000_000, 999));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final LayerTar tar = new LayerTar(out);

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<TarHeader> headers() throws IOException {
    tar.finish();
    TarReader reader = new TarReader(new ByteArrayInputStream(out.toByteArray()));
    List<TarHeader> headers = new ArrayList<>();
    for (Optional<TarHeader> next = reader.next(); next.isPresent(); next = reader.next()) {
      headers.add(next.get());
    }
    return headers;
  }

  @Test
  void write_plainFile_isOneUstarBlock() throws IOException {
    tar.write(TreeEntry.file("etc/hello", PLAIN, 3), bytes("abc"));
    tar.finish();
    assertEquals(512 + 512 + 1024, out.size());
    String block = out.toString(StandardCharsets.ISO_8859_1);
    assertEquals("etc/hello\0", block.substring(0, 10));
    assertEquals(
        "0000644\0" + "0000000\0" + "0000000\0" + "00000000003\0" + "13132027400\0",
        block.substring(100, 148));
    assertEquals("ustar\00000", block.substring(257, 265));
    // What GNU tar writes with --format=ustar --owner=0 --group=0 --numeric-owner for this file
    // differs only in the names of owner and group, which are empty here.
    assertEquals("abc\0", block.substring(512, 516));
  }

  @Test
  void write_whatUstarCannotSay_goesIntoPax() throws IOException {
    FileAttributes odd =
        new FileAttributes(
            06755,
            3_000_000,
            -2,
            Instant.ofEpochSecond(-5),
            new TreeMap<>(
                Map.of("user.x", new byte[] {0, (byte) 0xff}, "trusted.y", new byte[] {1})));
    String name = "ü".repeat(70) + "\udcff";
    tar.write(TreeEntry.file(name, odd, 0), bytes(""));
    tar.write(TreeEntry.symlink("l", PLAIN, "t".repeat(200)));
    List<TarHeader> headers = headers();
    assertEquals(name, headers.get(0).name());
    assertEquals(3_000_000, headers.get(0).uid());
    assertEquals(0xffff_fffeL, headers.get(0).gid());
    assertEquals(06755, headers.get(0).mode());
    assertEquals(Instant.ofEpochSecond(-5), headers.get(0).modified());
    assertEquals(1, headers.get(0).xattrs().size());
    assertArrayEquals(new byte[] {0, (byte) 0xff}, headers.get(0).xattrs().get("user.x"));
    assertEquals("t".repeat(200), headers.get(1).link());
    assertEquals(0777, headers.get(1).mode());
  }

  @Test
  void write_whiteoutsAndOpaque_areMarkers() throws IOException {
    assertFalse(tar.write(TreeEntry.directory("", new FileAttributes(0755, 0, 0, Instant.now()))));
    tar.write(TreeEntry.whiteout("gone", PLAIN));
    tar.write(new TreeEntry("d", Kind.DIRECTORY, PLAIN, 0, "", 0, 0, true));
    tar.write(TreeEntry.whiteout("d/gone", PLAIN));
    assertFalse(tar.write(new TreeEntry("s", Kind.SOCKET, PLAIN, 0, "", 0, 0, false)));
    tar.write(TreeEntry.directory("", new FileAttributes(0700, 0, 0, Instant.EPOCH)));
    assertEquals(
        List.of(".wh.gone", "d/", "d/.wh..wh..opq", "d/.wh.gone", "./"),
        headers().stream().map(TarHeader::name).toList());
  }

  @Test
  void write_impossible_isRefused() {
    assertThrows(IOException.class, () -> tar.write(TreeEntry.file("f", PLAIN, 4), bytes("abc")));
    assertThrows(
        IOException.class, () -> tar.write(TreeEntry.file("d/.wh.f", PLAIN, 0), bytes("")));
    assertThrows(
        IOException.class,
        () -> tar.write(new TreeEntry("c", Kind.BLOCK_DEVICE, PLAIN, 0, "", -1, 0, false)));
  }

  @Test
  void write_sameEntries_giveTheKnownDigest() throws IOException {
    tar.write(TreeEntry.directory("d", PLAIN.withMode(0755)));
    tar.write(TreeEntry.file("d/f", PLAIN, 1), bytes("x"));
    tar.write(TreeEntry.hardLink("d/g", PLAIN, "d/f"));
    tar.finish();
    // A change of this digest means that layers on disk no longer give their diff ids: VERSION.
    assertEquals(
        "cdf86389556027c833d233ec55b2146fe0f43849d35671a627d28dbe6a5f2712",
        Digest.sha256(out.toByteArray()).hex());
    assertEquals(1, LayerTar.VERSION);
  }
}
