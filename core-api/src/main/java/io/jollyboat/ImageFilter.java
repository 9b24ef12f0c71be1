package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.oci.ImageReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Which images are meant: those that satisfy all that was said. Immutable. */
@CheckReturnValue
public final class ImageFilter {
  private final List<Predicate<StoredImage>> conditions;

  private ImageFilter(List<Predicate<StoredImage>> conditions) {
    this.conditions = List.copyOf(conditions);
  }

  /** Every image. */
  public static ImageFilter all() {
    return new ImageFilter(List.of());
  }

  /** Those without a name that are no step of a build. */
  public ImageFilter dangling() {
    return and(image -> image.names().isEmpty() && !image.intermediate());
  }

  /** Those with a name. */
  public ImageFilter named() {
    return and(image -> !image.names().isEmpty());
  }

  /** The steps of builds. */
  public ImageFilter intermediate() {
    return and(StoredImage::intermediate);
  }

  /**
   * Those that have a name of this form: a repository or a repository and a tag, as {@code docker
   * images} takes it. {@code *} stands for any characters but slashes, {@code ?} for one, {@code
   * [a-c]} for one of several.
   */
  public ImageFilter reference(String pattern) {
    Pattern form = Pattern.compile(expression(pattern));
    return and(image -> image.names().stream().anyMatch(name -> matches(form, name)));
  }

  private static boolean matches(Pattern form, ImageReference name) {
    String tag = name.tag().map(t -> ":" + t).orElse("");
    String full = name.domain() + "/" + name.path();
    return form.matcher(name.repository()).matches()
        || form.matcher(name.repository() + tag).matches()
        || form.matcher(full).matches()
        || form.matcher(full + tag).matches();
  }

  private static String expression(String pattern) {
    StringBuilder expression = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      int end = c == '[' ? pattern.indexOf(']', i + 1) : -1;
      if (end > i + 1) {
        String set = pattern.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
        expression.append('[').append(set.replace("&&", "&")).append(']');
        i = end;
      } else if (c == '*') {
        expression.append("[^/]*");
      } else if (c == '?') {
        expression.append("[^/]");
      } else {
        expression.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return expression.toString();
  }

  /** Those with a label, whatever it says. */
  public ImageFilter label(String name) {
    return and(image -> image.config().labels().containsKey(name));
  }

  /** Those with a label that says this. */
  public ImageFilter label(String name, String value) {
    return and(image -> value.equals(image.config().labels().get(name)));
  }

  /** Those without a label of this name. */
  public ImageFilter withoutLabel(String name) {
    return and(image -> !image.config().labels().containsKey(name));
  }

  /** Those created before another one. */
  public ImageFilter before(StoredImage other) {
    return createdBefore(other.created());
  }

  /** Those created after another one. */
  public ImageFilter since(StoredImage other) {
    return and(image -> image.created().isAfter(other.created()));
  }

  public ImageFilter createdBefore(Instant time) {
    return and(image -> image.created().isBefore(time));
  }

  private ImageFilter and(Predicate<StoredImage> condition) {
    List<Predicate<StoredImage>> all = new ArrayList<>(conditions);
    all.add(condition);
    return new ImageFilter(all);
  }

  /** Whether an image satisfies all conditions. */
  public boolean matches(StoredImage image) {
    return conditions.stream().allMatch(condition -> condition.test(image));
  }
}
