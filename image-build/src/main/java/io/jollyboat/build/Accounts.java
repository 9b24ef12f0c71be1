package io.jollyboat.build;

import io.jollyboat.spi.host.FileNames;
import io.jollyboat.spi.host.MergedTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The users and groups of an image, by the text of its {@code /etc/passwd} and {@code /etc/group};
 * nothing of the image is executed for it. A user given by number has the group of that number.
 */
final class Accounts {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
  private static final int LARGEST_FILE = 4 << 20;

  private final Supplier<MergedTree> root;

  /**
   * @param root opened only when a name has to be looked up
   */
  Accounts(Supplier<MergedTree> root) {
    this.root = root;
  }

  /** Numbers of a user and a group. */
  record Owner(int uid, int gid) {
    static final Owner ROOT = new Owner(0, 0);
  }

  /**
   * The owner that {@code user[:group]} means.
   *
   * @throws IllegalArgumentException a name that the image does not have
   */
  Owner owner(String text) {
    int colon = text.indexOf(':');
    String user = colon < 0 ? text : text.substring(0, colon);
    Owner owner = user(user);
    return colon < 0 ? owner : new Owner(owner.uid(), group(text.substring(colon + 1)));
  }

  private Owner user(String user) {
    if (user.isEmpty() || user.equals("root")) {
      return Owner.ROOT;
    }
    if (NUMBER.matcher(user).matches()) {
      int uid = number(user);
      return new Owner(uid, uid);
    }
    List<String> fields = fields("etc/passwd", user, 4, "user");
    return new Owner(number(fields.get(2)), number(fields.get(3)));
  }

  private int group(String group) {
    if (group.isEmpty() || group.equals("root")) {
      return 0;
    }
    return NUMBER.matcher(group).matches()
        ? number(group)
        : number(fields("etc/group", group, 3, "group").get(2));
  }

  private List<String> fields(String file, String name, int count, String what) {
    return text(file)
        .lines()
        .map(line -> List.of(line.split(":", -1)))
        .filter(fields -> fields.get(0).equals(name) && fields.size() >= count)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the image's /"
                        + file
                        + " has no "
                        + what
                        + " \""
                        + name
                        + "\": make it in an earlier step, or give its number"));
  }

  private String text(String file) {
    MergedTree tree = root.get();
    try {
      Optional<?> found = tree.find(tree.resolve(file));
      if (found.isEmpty()) {
        return "";
      }
      try (InputStream in = tree.open(file)) {
        return FileNames.decode(in.readNBytes(LARGEST_FILE));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the image's /" + file, e);
    }
  }

  private static int number(String digits) {
    try {
      return Integer.parseUnsignedInt(digits);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + digits + "\" is not the number of a user or group");
    }
  }
}
