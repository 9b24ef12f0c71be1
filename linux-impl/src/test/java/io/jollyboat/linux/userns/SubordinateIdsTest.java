package io.jollyboat.linux.userns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubordinateIdsTest {
  @TempDir Path directory = Path.of("");

  private List<IdRange> of(String text, long user, String name) throws IOException {
    return SubordinateIds.of(Files.writeString(directory.resolve("subuid"), text), user, name);
  }

  @Test
  void of_linesByNameAndByNumber_givesBoth() throws IOException {
    String text = "other:1:2\nann:100000:65536\n1000:300000:10\n";
    assertEquals(
        List.of(new IdRange(0, 100_000, 65536), new IdRange(0, 300_000, 10)),
        of(text, 1000, "ann"));
  }

  @Test
  void of_linesThatAreNone_passesOverThem() throws IOException {
    String text = "\n# ann:1:1\nann:x:1\nann:5\nann:5:0\nann:-5:1\nann:7:3\n";
    assertEquals(List.of(new IdRange(0, 7, 3)), of(text, 1000, "ann"));
  }

  @Test
  void of_userWithoutName_isNotConfusedWithEmptyNames() throws IOException {
    assertEquals(List.of(), of(":100:10\n", 1000, ""));
  }

  @Test
  void of_missingFile_givesNone() {
    assertEquals(List.of(), SubordinateIds.of(directory.resolve("none"), 1000, "ann"));
  }
}
