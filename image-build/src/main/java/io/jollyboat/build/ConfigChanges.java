package io.jollyboat.build;

import io.jollyboat.dockerfile.Add;
import io.jollyboat.dockerfile.Arg;
import io.jollyboat.dockerfile.Cmd;
import io.jollyboat.dockerfile.Copy;
import io.jollyboat.dockerfile.From;
import io.jollyboat.dockerfile.Instruction;
import io.jollyboat.dockerfile.Maintainer;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.oci.ImageConfig;
import java.util.List;
import java.util.Map;

/** What instructions change about a configuration that no build makes. */
public final class ConfigChanges {
  private ConfigChanges() {}

  /**
   * The configuration with all of the instructions applied, in order, expanded by its own
   * variables; its layers and history stay.
   *
   * @throws IllegalArgumentException for an instruction that does more, or a value that no
   *     configuration can have
   */
  public static ImageConfig apply(ImageConfig config, List<Instruction> instructions) {
    ImageConfig changed = config;
    boolean cmdIsGiven = false;
    for (Instruction instruction : instructions) {
      check(instruction);
      Instruction expanded = instruction.expanded(Variables.start(Map.of(), changed));
      changed = new ConfigChange(changed, cmdIsGiven).apply(expanded).build();
      cmdIsGiven |= expanded instanceof Cmd;
    }
    return changed;
  }

  private static void check(Instruction instruction) {
    boolean more =
        instruction instanceof Run
            || instruction instanceof Copy
            || instruction instanceof Add
            || instruction instanceof Arg
            || instruction instanceof From
            || instruction instanceof Maintainer;
    if (more) {
      throw new IllegalArgumentException(
          "a commit changes the configuration only, which is not what this does: " + instruction);
    }
  }
}
