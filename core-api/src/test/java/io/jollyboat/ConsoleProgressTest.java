package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jollyboat.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Progress progress =
      Progress.console(new PrintStream(bytes, true, StandardCharsets.UTF_8));

  @Test
  void build_steps_printTheClassicForm() {
    ImageId id = new ImageId(Digest.ofSha256("8396e01c1abc".repeat(6).substring(0, 64)));
    Progress.Step step = new Progress.Step(3, 7, "", "RUN echo hi");
    progress.stepStarted(step);
    progress.stepRunning(step, new ContainerId("0a".repeat(32)));
    progress.stepOutput(step, "hi");
    progress.stepFinished(step, id, false);
    progress.stepStarted(new Progress.Step(4, 7, "", "EXPOSE 3000"));
    progress.stepFinished(step, id, true);
    progress.built(id);
    progress.tagged("helloworld:latest");

    assertEquals(
        """
        Step 3/7 : RUN echo hi
         ---> Running in 0a0a0a0a0a0a
        hi
         ---> 8396e01c1abc
        Step 4/7 : EXPOSE 3000
         ---> Using cache
         ---> 8396e01c1abc
        Successfully built 8396e01c1abc
        Successfully tagged helloworld:latest
        """,
        bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"));
  }

  @Test
  void transfer_manyReports_onePhaseIsSaidOnce() {
    Digest layer = Digest.ofSha256("ab".repeat(32));
    for (int i = 0; i < 3; i++) {
      progress.transfer(
          new Progress.Transfer(
              layer,
              Progress.Phase.DOWNLOADING,
              new Size(i),
              new Size(2_000_000),
              new Size(i),
              new Size(2_000_000),
              ""));
    }
    assertEquals(
        "abababababab: Downloading [2MB]\n",
        bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"));
  }
}
