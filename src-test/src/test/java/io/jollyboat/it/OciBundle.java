package io.jollyboat.it;

import io.jollyboat.test.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bundle of busybox whose config.json is put together from pieces of JSON, with apostrophes for
 * quotes. Not safe for use by several threads.
 */
final class OciBundle {
  private static final String CAPABILITIES =
      "['CAP_CHOWN','CAP_DAC_OVERRIDE','CAP_KILL','CAP_SETGID','CAP_SETUID','CAP_SYS_CHROOT']";

  private final Path directory;
  private final Map<String, String> top = new LinkedHashMap<>();
  private final Map<String, String> process = new LinkedHashMap<>();
  private final Map<String, String> linux = new LinkedHashMap<>();
  private String mounts =
      "{'destination':'/proc','type':'proc','source':'proc'},"
          + "{'destination':'/dev','type':'tmpfs','source':'tmpfs',"
          + "'options':['nosuid','strictatime','mode=755','size=65536k']},"
          + "{'destination':'/dev/pts','type':'devpts','source':'devpts',"
          + "'options':['nosuid','noexec','newinstance','ptmxmode=0666','mode=0620','gid=5']},"
          + "{'destination':'/sys','type':'sysfs','source':'sysfs',"
          + "'options':['nosuid','noexec','nodev','ro']}";

  private OciBundle(Path directory) {
    this.directory = directory;
    top.put("ociVersion", "'1.2.0'");
    top.put("root", "{'path':'rootfs'}");
    process.put("cwd", "'/'");
    process.put("env", "['PATH=/bin']");
    process.put(
        "capabilities", "{'bounding':C,'effective':C,'permitted':C}".replace("C", CAPABILITIES));
    linux.put(
        "namespaces",
        "[{'type':'pid'},{'type':'mount'},{'type':'ipc'},{'type':'uts'},{'type':'network'},"
            + "{'type':'cgroup'}]");
    linux.put("resources", "{'devices':[{'allow':false,'access':'rwm'}]}");
  }

  /** A root file system of busybox's applets in {@code directory}. */
  static OciBundle in(Path directory) throws IOException {
    Path root = directory.resolve("rootfs");
    for (String name : new String[] {"bin", "proc", "dev", "sys", "tmp", "etc"}) {
      Files.createDirectories(root.resolve(name));
    }
    Path busybox = Command.find("busybox");
    Files.copy(busybox, root.resolve("bin/busybox"));
    Command.run(Duration.ofSeconds(60), busybox.toString(), "--list")
        .lines()
        .filter(applet -> !applet.equals("busybox"))
        .forEach(applet -> link(root.resolve("bin").resolve(applet)));
    return new OciBundle(directory);
  }

  private static void link(Path applet) {
    try {
      Files.createSymbolicLink(applet, Path.of("busybox"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  Path directory() {
    return directory;
  }

  Path root() {
    return directory.resolve("rootfs");
  }

  /** A shell that runs {@code script}. */
  OciBundle script(String script) {
    return process(
        "args", "['sh','-c','" + script.replace("\\", "\\\\").replace("\"", "\\\"") + "']");
  }

  OciBundle process(String name, String json) {
    process.put(name, json);
    return this;
  }

  OciBundle linux(String name, String json) {
    linux.put(name, json);
    return this;
  }

  OciBundle top(String name, String json) {
    top.put(name, json);
    return this;
  }

  OciBundle mount(String json) {
    mounts += "," + json;
    return this;
  }

  /** Writes config.json. */
  OciBundle write() throws IOException {
    Map<String, String> all = new LinkedHashMap<>(top);
    all.put("process", object(process));
    all.put("mounts", "[" + mounts + "]");
    all.put("linux", object(linux));
    Files.writeString(directory.resolve("config.json"), object(all).replace('\'', '"'));
    return this;
  }

  private static String object(Map<String, String> members) {
    StringBuilder text = new StringBuilder("{");
    members.forEach(
        (name, value) ->
            text.append(text.length() > 1 ? "," : "")
                .append("'")
                .append(name)
                .append("':")
                .append(value));
    return text.append("}").toString();
  }
}
