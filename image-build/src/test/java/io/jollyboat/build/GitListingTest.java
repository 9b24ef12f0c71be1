package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How much a repository may hold before it is checked out. */
class GitListingTest {
  private static final String OBJECT = "0123456789012345678901234567890123456789";

  private static byte[] entry(String type, String size, String path) {
    String mode = type.equals("commit") ? "160000 " : "100644 ";
    return (mode + type + " " + OBJECT + " " + size + "\t" + path + "\0")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void give(GitListing listing, byte[] bytes) throws IOException {
    listing.take(bytes, bytes.length);
  }

  private static String problem(byte[] bytes) {
    GitListing listing = new GitListing();
    IOException e = assertThrows(IOException.class, () -> giveOften(listing, bytes));
    return String.valueOf(e.getMessage());
  }

  private static void giveOften(GitListing listing, byte[] bytes) throws IOException {
    for (int i = 0; i < 4_000_001; i++) {
      give(listing, bytes);
    }
  }

  @Test
  void take_filesAndModules_inPieces_areCountedAndRemembered() throws IOException {
    GitListing listing = new GitListing();
    byte[] both = entry("commit", "      -", "modules/a b");
    listing.take(both, 5);
    for (int i = 5; i < both.length; i++) {
      listing.take(new byte[] {both[i]}, 1);
    }
    give(listing, entry("blob", "     12", "file"));
    assertEquals(Map.of("modules/a b", OBJECT), listing.takeModules());
    assertEquals(Map.of(), listing.takeModules());
  }

  @Test
  void take_tooManyFilesOrBytes_isRefused() {
    assertTrue(problem(entry("blob", "1", "a")).contains("more than 4000000 files"));
    assertTrue(problem(entry("blob", "1000000000", "a")).contains("bytes"));
    assertTrue(problem(entry("blob", "999999999999999999", "a")).contains("bytes"));
    assertTrue(problem(entry("blob", "1", "a/".repeat(5000))).contains("path"));
  }

  @Test
  void take_whatIsNoListing_isRefused() {
    assertTrue(problem("fatal: not a tree\0".getBytes(StandardCharsets.UTF_8)).contains("no file"));
  }
}
