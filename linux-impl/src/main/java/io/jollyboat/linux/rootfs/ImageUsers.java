package io.jollyboat.linux.rootfs;

import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The users and groups of an image: its /etc/passwd and /etc/group read as text, by the rules of
 * passwd(5) and group(5). No program or library of the image has a part in it. Immutable.
 */
public final class ImageUsers {
  private static final long LARGEST_ID = Integer.MAX_VALUE;

  /** Far more than any real file; a larger one is an attack on this process's memory. */
  private static final int LARGEST_FILE = 4 << 20;

  private record User(String name, int uid, int gid, String home) {}

  private record Group(String name, int gid, List<String> members) {}

  private final List<User> users;
  private final List<Group> groups;

  private ImageUsers(List<User> users, List<Group> groups) {
    this.users = users;
    this.groups = groups;
  }

  /**
   * Those of an image; one without the files has no names, and numbers still work.
   *
   * @throws IllegalArgumentException if the image has them, but not as files that can be read
   */
  public static ImageUsers of(MergedTree image) {
    return parse(text(image, "etc/passwd"), text(image, "etc/group"));
  }

  /** Those of this machine, for containers that see its /etc. */
  public static ImageUsers ofHost() {
    try {
      return parse(
          Files.readString(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1),
          Files.readString(Path.of("/etc/group"), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the users of this machine: " + e.getMessage(), e);
    }
  }

  /** Lines that are no entries are passed over. */
  static ImageUsers parse(String passwd, String group) {
    List<User> users = new ArrayList<>();
    for (String line : passwd.split("\n")) {
      String[] field = line.strip().split(":", -1);
      if (field.length >= 4 && isId(field[2]) && isId(field[3])) {
        String home = field.length > 5 ? field[5] : "";
        users.add(new User(field[0], Integer.parseInt(field[2]), Integer.parseInt(field[3]), home));
      }
    }
    List<Group> groups = new ArrayList<>();
    for (String line : group.split("\n")) {
      String[] field = line.strip().split(":", -1);
      if (field.length >= 3 && isId(field[2])) {
        List<String> members = field.length > 3 ? List.of(field[3].split(",")) : List.of();
        groups.add(new Group(field[0], Integer.parseInt(field[2]), members));
      }
    }
    return new ImageUsers(users, groups);
  }

  /**
   * Who {@code user[:group]} is.
   *
   * @param text names or numbers; a number always means an id, whatever entry is named so; empty:
   *     root
   * @throws IllegalArgumentException naming the user or group that the image lacks
   */
  public ImageUser resolve(String text) {
    return resolve(text, new ImageUser(0, 0, List.of(), "/"));
  }

  /**
   * As {@link #resolve(String)}, with more groups.
   *
   * @param groups names or numbers
   * @throws IllegalArgumentException naming the user or group that the image lacks
   */
  public ImageUser resolve(String text, List<String> groups) {
    ImageUser user = resolve(text);
    if (groups.isEmpty()) {
      return user;
    }
    Set<Integer> all = new LinkedHashSet<>(user.groups());
    groups.forEach(group -> all.add(findGroup(group)));
    return new ImageUser(user.uid(), user.gid(), List.copyOf(all), user.home());
  }

  /**
   * @param otherwise what holds for all that neither the text nor the image says
   */
  ImageUser resolve(String text, ImageUser otherwise) {
    String[] parts = text.split(":", 2);
    String userText = parts[0];
    String groupText = parts.length > 1 ? parts[1] : "";
    Optional<User> user = findUser(userText, otherwise.uid());
    int uid =
        user.map(User::uid)
            .orElseGet(() -> userText.isEmpty() ? otherwise.uid() : id("user", userText));
    int gid = user.map(User::gid).orElse(otherwise.gid());
    String home = user.map(User::home).filter(path -> !path.isEmpty()).orElse(otherwise.home());
    if (!groupText.isEmpty()) {
      return new ImageUser(uid, findGroup(groupText), otherwise.groups(), home);
    }
    List<Integer> member = groupsOf(user.map(User::name).orElse(userText));
    return new ImageUser(uid, gid, member.isEmpty() ? otherwise.groups() : member, home);
  }

  private Optional<User> findUser(String text, int otherwise) {
    if (text.isEmpty()) {
      return users.stream().filter(user -> user.uid() == otherwise).findFirst();
    }
    if (isNumber(text)) {
      int uid = id("user", text);
      return users.stream().filter(user -> user.uid() == uid).findFirst();
    }
    Optional<User> user = users.stream().filter(u -> u.name().equals(text)).findFirst();
    if (user.isEmpty()) {
      throw missing("user", text, "/etc/passwd");
    }
    return user;
  }

  private int findGroup(String text) {
    if (isNumber(text)) {
      return id("group", text);
    }
    return groups.stream()
        .filter(group -> group.name().equals(text))
        .findFirst()
        .orElseThrow(() -> missing("group", text, "/etc/group"))
        .gid();
  }

  private List<Integer> groupsOf(String userName) {
    if (userName.isEmpty()) {
      return List.of();
    }
    return groups.stream()
        .filter(group -> group.members().contains(userName))
        .map(Group::gid)
        .toList();
  }

  private static boolean isNumber(String text) {
    return text.matches("[+-]?[0-9]+");
  }

  private static boolean isId(String text) {
    return text.matches("[0-9]{1,10}") && Long.parseLong(text) <= LARGEST_ID;
  }

  private static int id(String kind, String text) {
    if (!isId(text)) {
      throw new IllegalArgumentException(
          kind + " id " + text + " is not between 0 and " + LARGEST_ID);
    }
    return Integer.parseInt(text);
  }

  private static IllegalArgumentException missing(String kind, String name, String file) {
    return new IllegalArgumentException(
        "the image has no "
            + kind
            + " \""
            + name
            + "\" in its "
            + file
            + "; name one that it has, or use a number");
  }

  private static String text(MergedTree image, String path) {
    try {
      Optional<TreeEntry> entry = image.find(image.resolve(path));
      if (entry.isEmpty() || entry.get().kind() == TreeEntry.Kind.DIRECTORY) {
        return "";
      }
      try (InputStream in = image.open(path)) {
        byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
        if (bytes.length > LARGEST_FILE) {
          throw new IOException("it is larger than " + LARGEST_FILE + " bytes");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalArgumentException(
          "cannot read /" + path + " of the image: " + e.getMessage(), e);
    }
  }
}
