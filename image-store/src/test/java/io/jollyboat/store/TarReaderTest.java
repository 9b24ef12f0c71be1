package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TarReaderTest {
  private static final byte[] NOTHING = {};

  private record Member(TarHeader header, String content) {}

  private static List<Member> read(byte[] archive) throws IOException {
    TarReader reader = new TarReader(new ByteArrayInputStream(archive));
    List<Member> members = new ArrayList<>();
    for (Optional<TarHeader> next = reader.next(); next.isPresent(); next = reader.next()) {
      byte[] content = reader.content().readAllBytes();
      members.add(new Member(next.get(), new String(content, StandardCharsets.ISO_8859_1)));
    }
    return members;
  }

  private static Member one(byte[] archive) throws IOException {
    List<Member> members = read(archive);
    assertEquals(1, members.size());
    return members.get(0);
  }

  @Test
  void next_longNames_areWhole() throws IOException {
    String split = "d".repeat(90) + "/" + "f".repeat(60);
    String unsplit = "u".repeat(180);
    String gnu = "g".repeat(300);
    List<Member> members =
        read(
            new TarBuilder()
                .file(split, "1")
                .file(unsplit, "2")
                .member('L', "././@LongLink", "", (gnu + "\0").getBytes(StandardCharsets.UTF_8))
                .member('K', "././@LongLink", "", (gnu + "\0").getBytes(StandardCharsets.UTF_8))
                .member('2', "short", "x", NOTHING)
                .file("after", "3")
                .finished());
    assertEquals(
        List.of(split, unsplit, gnu, "after"),
        members.stream().map(m -> m.header().name()).toList());
    assertEquals(gnu, members.get(2).header().link());
    assertEquals("3", members.get(3).content());
  }

  @Test
  void next_paxRecords_overrideTheHeader() throws IOException {
    Member member =
        one(
            new TarBuilder()
                .pax('g', Map.of("path", "global is not applied"))
                .pax(
                    'x',
                    Map.of(
                        "path", "ä\udcff",
                        "uid", "4000000000",
                        "gid", "70000",
                        "mtime", "-1.5",
                        "SCHILY.xattr.user.a", "\udcff\udc80=\n",
                        "LIBARCHIVE.xattr.user.b%2fc", "AQI="))
                .file("x", "content")
                .finished());
    TarHeader header = member.header();
    assertEquals("ä\udcff", header.name());
    assertEquals(4_000_000_000L, header.uid());
    assertEquals(70000, header.gid());
    assertEquals(Instant.ofEpochSecond(-2, 500_000_000), header.modified());
    assertArrayEquals(
        new byte[] {(byte) 0xff, (byte) 0x80, '=', '\n'}, header.xattrs().get("user.a"));
    assertArrayEquals(new byte[] {1, 2}, header.xattrs().get("user.b/c"));
    assertEquals("content", member.content());
  }

  @Test
  void next_sparseFiles_haveTheirHoles() throws IOException {
    String expected = "\0\0\0abc\0\0de\0";
    Map<String, String> first =
        Map.of("GNU.sparse.size", "11", "GNU.sparse.numblocks", "2", "GNU.sparse.map", "3,3,8,2");
    Map<String, String> latest =
        Map.of(
            "GNU.sparse.major", "1",
            "GNU.sparse.minor", "0",
            "GNU.sparse.name", "real name",
            "GNU.sparse.realsize", "11");
    byte[] map = Arrays.copyOf("2\n3\n3\n8\n2\n".getBytes(StandardCharsets.US_ASCII), 517);
    System.arraycopy("abcde".getBytes(StandardCharsets.US_ASCII), 0, map, 512, 5);
    List<Member> members =
        read(
            new TarBuilder()
                .pax('x', first)
                .file("format 0.1", "abcde")
                .pax('x', latest)
                .member('0', "GNUSparseFile.0/x", "", map)
                .raw(oldGnuSparse())
                .file("after", "z")
                .finished());
    assertEquals(expected, members.get(0).content());
    assertEquals(expected, members.get(1).content());
    assertEquals("real name", members.get(1).header().name());
    assertEquals(expected, members.get(2).content());
    assertEquals(11, members.get(2).header().size());
    assertEquals("z", members.get(3).content());
  }

  private static byte[] oldGnuSparse() {
    byte[] block = new TarBuilder().member('S', "old", "", new byte[5]).bytes();
    put(block, 257, "ustar  \0");
    put(block, 386, "00000000003\00000000000003\0");
    put(block, 410, "00000000010\00000000000002\0");
    put(block, 483, "00000000013\0");
    put(block, 512, "abcde");
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += block[i] & 0xff;
    }
    put(block, 148, String.format("%06o\0 ", sum));
    return block;
  }

  private static void put(byte[] block, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, block, offset, bytes.length);
  }

  @Test
  void next_noEndBlocksAndNoPadding_isReadToTheEnd() throws IOException {
    byte[] archive = new TarBuilder().file("f", "abc").bytes();
    assertEquals("abc", one(Arrays.copyOf(archive, 515)).content());
  }

  @Test
  void next_malformed_isAnError() {
    byte[] good = new TarBuilder().file("f", "abc").finished();
    byte[] checksum = good.clone();
    checksum[5] = 1;
    assertThrows(IOException.class, () -> read(checksum));
    assertThrows(IOException.class, () -> read(Arrays.copyOf(good, 100)));
    assertThrows(IOException.class, () -> read(Arrays.copyOf(good, 514)));
    byte[] paxBody = "99 path=x\n".getBytes(StandardCharsets.US_ASCII);
    byte[] pax = new TarBuilder().member('x', "p", "", paxBody).file("f", "").finished();
    assertThrows(IOException.class, () -> read(pax));
    byte[] huge = new TarBuilder().member('x', "p", "", new byte[(1 << 20) + 1]).finished();
    assertThrows(IOException.class, () -> read(huge));
    Map<String, String> overlapping = Map.of("GNU.sparse.size", "5", "GNU.sparse.map", "0,4,3,2");
    byte[] sparse = new TarBuilder().pax('x', overlapping).file("s", "abcdef").finished();
    assertThrows(IOException.class, () -> read(sparse));
    assertThrows(IOException.class, () -> read(new byte[511]));
  }

  @Test
  void next_directoryOfOldTars_isADirectory() throws IOException {
    assertEquals('5', one(new TarBuilder().file("d/", "").finished()).header().type());
    assertTrue(read(new byte[1024]).isEmpty());
    assertTrue(read(NOTHING).isEmpty());
  }

  @Test
  void next_sparseFileOfAnImpossibleSize_isRefused() {
    for (String size : List.of("-1", Long.toString(255L << 30))) {
      byte[] tar =
          new TarBuilder()
              .pax('x', Map.of("GNU.sparse.size", size, "GNU.sparse.map", "0,0"))
              .file("f", "")
              .finished();
      assertThrows(
          IOException.class, () -> new TarReader(new ByteArrayInputStream(tar)).next(), size);
    }
  }
}
