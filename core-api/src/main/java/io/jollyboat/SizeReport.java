package io.jollyboat;

import io.jollyboat.oci.Digest;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where the bytes of an image come from. A file counts once however many hard links it has, in the
 * layer where it is; links, directories and devices have no bytes. Immutable.
 *
 * @param layers the lowest first
 * @param hidden files that are in a layer and not in the image, the largest first
 */
public record SizeReport(List<Layer> layers, List<Hidden> hidden) {
  private static final int MOST_LINES = 20;
  private static final int LONGEST_STEP = 60;

  public SizeReport {
    layers = List.copyOf(layers);
    hidden = List.copyOf(hidden);
  }

  /**
   * One layer.
   *
   * @param step what made it, as the image's history says
   * @param size bytes of its files
   * @param files how many it has
   * @param deletions names of lower layers that it takes away
   */
  public record Layer(Digest diffId, String step, Size size, int files, int deletions) {}

  /**
   * A file that a later layer hides.
   *
   * @param path absolute in the image
   * @param layer its place in {@link #layers}, from 0
   * @param hiddenBy the place of the layer that hides it
   * @param deleted there is nothing of that name any more; else the file was replaced
   */
  public record Hidden(String path, Size size, int layer, int hiddenBy, boolean deleted) {}

  /** Bytes of the files of all layers: what is stored and sent, before compression. */
  public Size total() {
    return new Size(layers.stream().mapToLong(layer -> layer.size().bytes()).sum());
  }

  /** Bytes of hidden files: what {@link Image#squash} would save. */
  public Size wasted() {
    return new Size(hidden.stream().mapToLong(file -> file.size().bytes()).sum());
  }

  /** The part of all bytes that the image shows, from 0 to 1; 1 where there are none. */
  public double efficiency() {
    long total = total().bytes();
    return total == 0 ? 1 : 1 - (double) wasted().bytes() / total;
  }

  /** A table of the layers, and one of the largest hidden files. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(line("LAYER", "SIZE", "FILES", "HIDDEN", "STEP"));
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      text.append(
          line(
              Integer.toString(i),
              layer.size().toString(),
              Integer.toString(layer.files()),
              hiddenOf(i).toString(),
              shortened(layer.step())));
    }
    text.append(
        "total %s, wasted %s, efficiency %d %%%n"
            .formatted(total(), wasted(), Math.round(efficiency() * 100)));
    return hidden.isEmpty() ? text.toString() : text.append(table()).toString();
  }

  private Size hiddenOf(int layer) {
    return new Size(
        hidden.stream()
            .filter(file -> file.layer() == layer)
            .mapToLong(file -> file.size().bytes())
            .sum());
  }

  private String table() {
    String lines =
        hidden.stream()
            .limit(MOST_LINES)
            .map(
                file ->
                    line(
                        Integer.toString(file.layer()),
                        file.size().toString(),
                        file.deleted() ? "deleted" : "replaced",
                        "by " + file.hiddenBy(),
                        shown(file.path())))
            .collect(Collectors.joining());
    int more = hidden.size() - MOST_LINES;
    return line("LAYER", "SIZE", "HOW", "", "FILE")
        + lines
        + (more > 0 ? "and %d more%n".formatted(more) : "");
  }

  private static String line(String first, String size, String count, String hidden, String text) {
    return "%-5s %9s %9s %9s  %s%n".formatted(first, size, count, hidden, text);
  }

  private static String shortened(String step) {
    String line = shown(step.strip());
    return line.length() <= LONGEST_STEP ? line : line.substring(0, LONGEST_STEP - 1) + "…";
  }

  /** Names and steps are a stranger's: nothing of them may steer a terminal. */
  private static String shown(String text) {
    return text.codePoints()
        .map(
            c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
