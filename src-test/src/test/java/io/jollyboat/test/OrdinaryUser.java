package io.jollyboat.test;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * A user of this machine who is not root and exists for one test: Java processes of his see an
 * /etc/passwd, /etc/subuid and /etc/subgid in which he is, by binds in a mount namespace of their
 * own, and a /dev/net/tun that every user may open, as udev makes it. Nothing of the machine
 * changes.
 */
public final class OrdinaryUser {
  public static final int UID = 4242;
  public static final String NAME = "sailor";

  /** The first of his subordinate ids; he has as many as useradd(8) gives. */
  public static final int FIRST_SUBORDINATE = 300_000;

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String OWNER_ONLY = "rwx------";
  private static final String READABLE = "rwxr-xr-x";

  private final Path directory;
  private final String classPath;
  private final String path;
  private final List<Path> groups;
  private final String enter;

  private OrdinaryUser(
      Path directory, String classPath, String path, List<Path> groups, String enter) {
    this.directory = directory;
    this.classPath = classPath;
    this.path = path;
    this.groups = groups;
    this.enter = enter;
  }

  /** The same on a machine that lacks some programs of /usr/bin. */
  public OrdinaryUser without(String... programs) {
    StringBuilder hide = new StringBuilder(enter);
    for (String program : programs) {
      // What is bound over it is no program.
      hide.append("mount --bind ").append(directory.resolve("etc/passwd"));
      hide.append(" /usr/bin/").append(program).append('\n');
    }
    return new OrdinaryUser(directory, classPath, path, groups, hide.toString());
  }

  /** The same, whose processes are in a container, as {@link OverlayMachine} makes it. */
  public OrdinaryUser in(OverlayMachine container) {
    return new OrdinaryUser(directory, classPath, path, groups, container.enter());
  }

  /** The same, whose processes are in groups that were given to him. */
  public OrdinaryUser in(DelegatedGroups given) {
    return new OrdinaryUser(directory, classPath, path, given.members(), enter);
  }

  /** One with subordinate ids. */
  public static OrdinaryUser withSubordinateIds(Path directory) {
    String ranges = NAME + ":" + FIRST_SUBORDINATE + ":65536\n";
    return make(directory, ranges, "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
  }

  /** One who has no id but his own. */
  public static OrdinaryUser withSingleId(Path directory) {
    return make(directory, "", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
  }

  private static OrdinaryUser make(Path directory, String ranges, String path) {
    try {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(READABLE));
      Path etc = Files.createDirectory(directory.resolve("etc"));
      String line = "%s:x:%d:%d::%s:/bin/sh\n".formatted(NAME, UID, UID, home(directory));
      Files.writeString(etc.resolve("passwd"), Files.readString(Path.of("/etc/passwd")) + line);
      Files.writeString(etc.resolve("subuid"), ranges);
      Command.run(LIMIT, "mknod", "-m", "666", etc.resolve("tun").toString(), "c", "10", "200");
      Path home = Files.createDirectory(home(directory));
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString(OWNER_ONLY));
      Files.setAttribute(home, "unix:uid", UID);
      Files.setAttribute(home, "unix:gid", UID);
      Path classes = Files.createDirectory(directory.resolve("classes"));
      Files.setPosixFilePermissions(classes, PosixFilePermissions.fromString(READABLE));
      Files.setPosixFilePermissions(etc, PosixFilePermissions.fromString(READABLE));
      return new OrdinaryUser(directory, copyClassPath(classes), path, List.of(), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path home(Path directory) {
    return directory.resolve("home");
  }

  /** His own directory, which nobody else can read; the engine's files may lie in it. */
  public Path home() {
    return home(directory);
  }

  /**
   * Runs a main method as this user.
   *
   * @return what it printed, on both streams
   */
  public String run(Class<?> main, String... words) {
    try {
      Path output = Files.createTempFile(directory, "said", "");
      Process process =
          new ProcessBuilder(command(main, words))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      process.getOutputStream().close();
      try {
        if (!process.waitFor(LIMIT.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
          throw new AssertionError(
              main + " did not end within " + LIMIT + ": " + Files.readString(output));
        }
      } finally {
        process.destroyForcibly();
      }
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** The command that runs a main method as this user; its process becomes the Java process. */
  public List<String> command(Class<?> main, String... words) {
    Path etc = directory.resolve("etc");
    StringBuilder join = new StringBuilder();
    groups.forEach(file -> join.append("echo 0 > ").append(file).append('\n'));
    String binds =
        join
            + enter
            + """
        mount --bind %1$s/passwd /etc/passwd
        mount --bind %1$s/subuid /etc/subuid
        mount --bind %1$s/subuid /etc/subgid
        mount --bind %1$s/tun /dev/net/tun
        cd /
        exec "$@"
        """
                .formatted(etc);
    List<String> all = new ArrayList<>();
    all.addAll(List.of("unshare", "--mount", "--propagation", "private", "sh", "-ec", binds, "sh"));
    all.addAll(List.of("setpriv", "--reuid=" + UID, "--regid=" + UID, "--clear-groups"));
    all.addAll(List.of("env", "-i", "HOME=" + home(), "PATH=" + path, "LANG=C.UTF-8"));
    all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    all.addAll(List.of("-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + home()));
    all.addAll(List.of("-cp", classPath, main.getName()));
    all.addAll(List.of(words));
    return all;
  }

  /** This process's class path, copied to where everybody can read it. */
  private static String copyClassPath(Path into) throws IOException {
    StringJoiner joined = new StringJoiner(File.pathSeparator);
    int number = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path source = Path.of(entry);
      Path copy = into.resolve(number++ + "-" + source.getFileName());
      copy(source, copy);
      joined.add(copy.toString());
    }
    return joined.toString();
  }

  private static void copy(Path source, Path target) throws IOException {
    if (Files.notExists(source)) {
      return;
    }
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(target.resolve(source.relativize(visited).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (file.equals(source)) {
              Files.copy(file, target);
            } else { // test resources have links that lead nowhere
              Path copy = target.resolve(source.relativize(file).toString());
              Files.copy(file, copy, LinkOption.NOFOLLOW_LINKS);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
