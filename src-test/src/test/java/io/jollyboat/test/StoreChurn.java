package io.jollyboat.test;

import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Pruned;
import io.jollyboat.StoredImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Everything that changes a store, over and over: what {@link EngineJvm#storing} does. It says what
 * it has finished, and what it is about to undo.
 */
public final class StoreChurn {
  /** The name of the image in the archive. */
  public static final String LOADED = "localhost/loaded:1";

  private final Engine engine;
  private final String label;
  private final int rounds;
  private final String reference;
  private final Path archive;
  private int round;

  StoreChurn(Engine engine, List<String> words) {
    this.engine = engine;
    this.label = words.get(0);
    this.rounds = Integer.parseInt(words.get(1));
    this.reference = words.get(2);
    this.archive = Path.of(words.get(3));
  }

  void run() {
    System.out.println("running");
    Random random = new Random();
    for (round = 0; round < rounds; round++) {
      List<Runnable> steps =
          new ArrayList<>(List.of(this::pull, this::load, this::build, this::build, this::prune));
      Collections.shuffle(steps, random);
      steps.forEach(Runnable::run);
      remove(reference);
      remove(LOADED);
    }
    System.out.println("done");
  }

  private void pull() {
    StoredImage unused = engine.pull(reference);
  }

  private void load() {
    List<StoredImage> unused = engine.images().load(archive);
  }

  private void prune() {
    Pruned unused = engine.images().prune();
  }

  private void build() {
    String name = label + ":" + round;
    byte[] content = (label + round).getBytes(StandardCharsets.UTF_8);
    StoredImage unused =
        engine.build(
            Image.from(TestImages.BUSYBOX)
                .files(FileSet.empty().bytes(content, "/made/" + label))
                .label("round", name),
            build -> build.tag(name));
    System.out.println("built " + name);
    if (round > 0) {
      String before = label + ":" + (round - 1);
      System.out.println("removing " + before);
      remove(before);
    }
  }

  /** Others remove the same, and it may be gone in the first place. */
  private void remove(String name) {
    try {
      engine.images().remove(name);
    } catch (ImageNotFoundException gone) {
      return;
    }
  }
}
