package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.dockerfile.Cmd;
import io.jollyboat.dockerfile.DockerfileSyntaxException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CommitSpecTest {
  @Test
  void options_areKeptAndRead() {
    CommitSpec spec =
        CommitSpec.defaults().tag("a:1").tag("b").message("why").author("Ann").withoutPause();
    assertEquals(List.of("a:1", "b"), spec.tags());
    assertEquals(Optional.of("why"), spec.message());
    assertEquals(Optional.of("Ann"), spec.author());
    assertFalse(spec.pauses());
    assertTrue(CommitSpec.defaults().pauses(), "a value does not change");
  }

  @Test
  void change_asText_isTheInstruction() {
    CommitSpec text = CommitSpec.defaults().change("CMD [\"sh\", \"-c\"]");
    assertEquals(CommitSpec.defaults().with(Cmd.exec("sh", "-c")).toString(), text.toString());
    assertThrows(DockerfileSyntaxException.class, () -> CommitSpec.defaults().change("NONSENSE x"));
  }

  @Test
  void fileChange_toString_isDockersLetter() {
    assertEquals("D /a", new FileChange(FileChange.Kind.DELETED, "/a").toString());
  }
}
