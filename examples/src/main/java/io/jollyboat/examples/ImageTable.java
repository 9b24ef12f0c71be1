package io.jollyboat.examples;

import io.jollyboat.Engine;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ImageReference;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The store's images as {@code docker images} prints them. */
final class ImageTable {
  private static final String LINE = "   %-28s %-14s %-14s %-10s%n";

  private ImageTable() {}

  static void print(Engine engine, PrintStream out) {
    print(engine.images().list(), out);
  }

  static void printWithSteps(Engine engine, PrintStream out) {
    print(engine.images().listAll(), out);
  }

  private static void print(List<StoredImage> images, PrintStream out) {
    out.printf(LINE, "NAME", "IMAGE ID", "CREATED", "SIZE");
    for (StoredImage image : images) {
      String name = image.names().stream().findFirst().map(ImageTable::name).orElse("<none>");
      out.printf(LINE, name, image.id().shortHex(), age(image.created()), image.size());
    }
  }

  private static String name(ImageReference reference) {
    return reference.repository() + reference.tag().map(tag -> ":" + tag).orElse("");
  }

  private static String age(Instant created) {
    if (created.equals(Instant.EPOCH)) {
      return "-"; // this machine, not an image that somebody made
    }
    Duration age = Duration.between(created, Instant.now());
    if (age.toDays() > 0) {
      return age.toDays() + " days ago";
    }
    return age.toHours() > 0
        ? age.toHours() + " hours ago"
        : age.toMinutes() > 0 ? age.toMinutes() + " min ago" : age.toSeconds() + " s ago";
  }
}
