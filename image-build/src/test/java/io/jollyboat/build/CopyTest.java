package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jollyboat.BuildException;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.spi.host.TreeEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where COPY and ADD put what. */
class CopyTest {
  private Path directory;
  private Path context;
  private FakeMachine machine;

  @BeforeEach
  void prepare(@TempDir Path temporary) throws IOException {
    directory = temporary;
    context = Files.createDirectory(directory.resolve("context"));
    machine = new FakeMachine(Files.createDirectory(directory.resolve("store")));
    machine.base(
        "base",
        Map.of(
            "etc/",
            "",
            "etc/passwd",
            "root:x:0:0::/:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n",
            "etc/group",
            "root:x:0:\nstaff:x:50:\n",
            "usr/",
            "",
            "usr/bin/",
            "",
            "bin",
            "-> usr/bin",
            "tmp/",
            "1777",
            "file",
            "old"),
        config -> config);
    write("a.txt", "a");
    write("b.txt", "b");
    write("c.md", "c");
    write("dir/x", "x");
    write("dir/sub/y", "y");
  }

  private void write(String path, String text) throws IOException {
    Path file = context.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private MemoryTree build(String instructions) {
    Image image = Image.of(Dockerfile.parse("FROM base\n" + instructions));
    return machine.tree(machine.build(image, spec -> spec.context(context)));
  }

  private BuildException failure(String instructions) {
    return assertThrows(BuildException.class, () -> build(instructions));
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "COPY a.txt /new             | new=a",
        "COPY a.txt /new/            | new/a.txt=a",
        "COPY a.txt new              | new=a",
        "COPY a.txt /tmp             | tmp/a.txt=a",
        "COPY a.txt /deep/er/f       | deep/er/f=a",
        "COPY a.txt b.txt /d/        | d/a.txt=a d/b.txt=b",
        "COPY a.txt b.txt /tmp       | tmp/a.txt=a tmp/b.txt=b",
        "COPY *.txt /d/              | d/a.txt=a d/b.txt=b",
        "COPY [ab].txt /d/           | d/a.txt=a d/b.txt=b",
        "COPY ?.md /d/               | d/c.md=c",
        "COPY dir /d                 | d/x=x d/sub/y=y",
        "COPY dir/ /d/               | d/x=x d/sub/y=y",
        "COPY di* /d                 | d/x=x d/sub/y=y",
        "COPY dir/sub /d             | d/y=y",
        "COPY dir/*/y /d/            | d/y=y",
        "COPY ./dir/../a.txt /d/     | d/a.txt=a",
        "COPY ../../a.txt /d/        | d/a.txt=a",
        "COPY /a.txt /d/             | d/a.txt=a",
        "COPY a.txt /bin/            | usr/bin/a.txt=a",
        "COPY a.txt /bin/tool        | usr/bin/tool=a",
        "COPY a.txt /file            | file=a",
        "COPY --parents dir/sub/y /d | d/dir/sub/y=y",
        "COPY --parents dir/./sub/y /d | d/sub/y=y",
        "COPY --parents dir a.txt /d | d/dir/x=x d/dir/sub/y=y d/a.txt=a",
        "COPY --exclude=*.txt . /d/  | d/c.md=c d/dir/x=x d/dir/sub/y=y",
        "COPY --exclude=sub dir /d   | d/x=x",
        "COPY --link a.txt /bin/     | bin/a.txt=a",
        "ADD a.txt dir /d/           | d/a.txt=a d/x=x d/sub/y=y",
      })
  void copy_putsFilesWhereDockerDoes(String instruction, String expected) {
    MemoryTree tree = build(instruction);

    for (String file : expected.split(" ")) {
      String path = file.substring(0, file.indexOf('='));
      assertEquals(file.substring(file.indexOf('=') + 1), tree.text(path), path);
    }
    assertFalse(tree.nodes().containsKey("d/a.txt") && !expected.contains("d/a.txt"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "COPY a.tx /d       | \"a.tx\" is not in the build context CONTEXT; did you mean \"a.txt\"?",
        "COPY dri/x /d      | \"dri/x\" is not in the build context CONTEXT; did you mean \"dir\"?",
        "COPY a.txt b.txt /new | several files cannot become one, \"/new\"",
        "COPY a.txt /file/x | /file is not a directory in the image",
        "COPY dir /file     | /file is not a directory in the image",
        "COPY --chown=nobody a.txt / | the image's /etc/passwd has no user \"nobody\"",
        "COPY --chmod=9 a.txt / | --chmod=9: must be octal digits",
        "ADD --checksum=sha256:00 a.txt /x | --checksum is for the one source that is fetched",
        "COPY https://example.org/x /x | is an address: COPY takes files only",
        "ADD git@example.org:x.git?nope=1 /x | has no option nope",
        "COPY [a /d         | a [ without its ]",
      })
  void copy_thatCannotBeDone_saysWhereAndWhy(String instruction, String expected) {
    BuildException e = failure(instruction);

    assertTrue(message(e).startsWith("Dockerfile:2:1, step 2/2 ("), message(e));
    assertTrue(message(e).contains(expected.replace("CONTEXT", context.toString())), message(e));
    assertTrue(e.before().isPresent());
  }

  @Test
  void copy_fileOverDirectory_isRefused() throws IOException {
    write("other/tmp", "a file");

    assertTrue(
        message(failure("COPY other /")).contains("cannot replace the directory /tmp with a file"));
  }

  @Test
  void copy_directoryOverFile_isRefusedUnlessLinked() throws IOException {
    write("other/file/x", "x");

    assertTrue(
        message(failure("COPY other /"))
            .contains("cannot replace the file /file with a directory"));
    assertEquals("x", build("COPY --link other /").text("file/x"));
  }

  @Test
  void copy_directoryOntoLinkToDirectory_followsIt() throws IOException {
    write("rootfs/bin/tool", "t");
    MemoryTree tree = build("COPY rootfs /");

    assertEquals("t", tree.text("usr/bin/tool"));
    assertEquals(TreeEntry.Kind.SYMLINK, tree.find("bin").orElseThrow().kind());
  }

  @Test
  void copy_intoExistingDirectory_leavesItsModeAndOwner() {
    assertEquals(01777, build("COPY a.txt /tmp/").find("tmp").orElseThrow().attributes().mode());
  }

  @Test
  void copy_withOwnerAndMode_givesThemToFilesAndNewDirectories() {
    MemoryTree tree = build("COPY --chown=app:staff --chmod=u=rwX,go= dir /new/d");

    for (String path : List.of("new", "new/d", "new/d/x", "new/d/sub", "new/d/sub/y")) {
      var attributes = tree.find(path).orElseThrow().attributes();
      assertEquals(1000, attributes.uid(), path);
      assertEquals(50, attributes.gid(), path);
    }
    assertEquals(0600, tree.find("new/d/x").orElseThrow().attributes().mode());
    assertEquals(0700, tree.find("new/d/sub").orElseThrow().attributes().mode());
    assertEquals(1001, build("COPY --chown=app a.txt /x").find("x").get().attributes().gid());
    assertEquals(7, build("COPY --chown=7 a.txt /x").find("x").get().attributes().gid());
  }

  @Test
  void copy_links_followsOnlyTheTopAndStaysInside() throws IOException {
    Files.writeString(directory.resolve("secret"), "s");
    Files.createSymbolicLink(context.resolve("top"), Path.of("dir"));
    Files.createSymbolicLink(context.resolve("dir/inner"), Path.of("../../secret"));
    Files.createSymbolicLink(context.resolve("out"), Path.of("../secret"));
    Files.createSymbolicLink(context.resolve("abs"), directory.resolve("secret"));
    MemoryTree tree = build("COPY top /d");

    assertEquals("x", tree.text("d/x"));
    assertEquals("../../secret", tree.find("d/inner").orElseThrow().link());
    assertTrue(message(failure("COPY out /d")).contains("\"out\" is not in the build context"));
    assertTrue(message(failure("COPY abs /d")).contains("\"abs\" is not in the build context"));
  }

  @Test
  void copy_ignoredFile_isNotThereAndSaysWhy() throws IOException {
    Files.writeString(context.resolve(".dockerignore"), "*.txt\ndir\n!dir/sub\n");
    MemoryTree tree = build("COPY . /d");

    assertTrue(tree.find("d/a.txt").isEmpty());
    assertTrue(tree.find("d/dir/x").isEmpty());
    assertEquals("y", tree.text("d/dir/sub/y"));
    assertTrue(message(failure("COPY a.txt /")).contains(".dockerignore leaves it out"));
  }

  @Test
  void copy_socket_isRefusedByName() throws IOException {
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      var bound = socket.bind(UnixDomainSocketAddress.of(context.resolve("dir/sock")));

      assertTrue(bound.isOpen());
      assertTrue(message(failure("COPY . /d")).contains("dir/sock is a socket"));
    }
  }

  @Test
  void copy_wildcardWithoutMatch_warns() {
    var events =
        machine.watch(Image.from("base").copy("*.none", "/d/"), spec -> spec.context(context));

    assertEquals(1, events.warnings.size());
    assertTrue(events.warnings.get(0).contains("*.none"), events.warnings.toString());
  }

  @Test
  void copy_heredoc_makesFiles() {
    MemoryTree tree = build("COPY <<one <<\"two\" /d/\nHOME=$PATH\none\nHOME=$PATH\ntwo\n");

    assertEquals("HOME=/bin\n", tree.text("d/one"));
    assertEquals("HOME=$PATH\n", tree.text("d/two"));
    assertEquals(0644, tree.find("d/one").orElseThrow().attributes().mode());
  }

  @Test
  void copy_nonAsciiNames_keepTheirBytes() throws IOException {
    write("dir/\u00e4", "u");

    assertEquals("u", build("COPY dir /d").text("d/\u00e4"));
    assertEquals("u", build("COPY dir/\u00e4 /d/").text("d/\u00e4"));
  }

  @Test
  void copy_changedWhileRead_fails() throws IOException {
    ContextTree tree = new ContextTree(context, io.jollyboat.dockerfile.DockerIgnore.none());
    Item item =
        new Selection(
                tree,
                FileDigests.BY_READING,
                io.jollyboat.dockerfile.DockerIgnore.none(),
                false,
                true)
            .exactly("a.txt");
    write("a.txt", "changed");

    var in = item.pieces().get(0).open();
    IOException e = assertThrows(IOException.class, in::close);
    assertTrue(message(e).contains("a.txt was changed while the build read it"));
  }

  @Test
  void copyFrom_stageOrImage_keepsOwnersAndIsKnownByContent() {
    machine.base("tools", Map.of("opt/", "", "opt/tool", "t", "opt/other", "o"), config -> config);
    String text =
        """
        FROM base AS build
        RUN write /out/app binary
        RUN touch /noise
        FROM base
        COPY --from=build /out/app /usr/bin/
        COPY --from=tools /opt /opt
        """;
    Image image = Image.of(Dockerfile.parse(text));
    var first = machine.watch(image, spec -> spec);

    assertEquals("binary", machine.tree(first.image()).text("usr/bin/app"));
    assertEquals("t", machine.tree(first.image()).text("opt/tool"));
    int merges = machine.merges.get();
    assertEquals(List.of(), machine.watch(image, spec -> spec).ran());
    assertEquals(merges, machine.merges.get());
    Image other = Image.of(Dockerfile.parse(text.replace("/noise", "/other")));
    assertEquals(List.of(3), machine.watch(other, spec -> spec).ran());
  }

  @Test
  void add_archives_unpacksPlainAndGzip() throws IOException {
    byte[] tar = tar();
    Files.write(context.resolve("a.tar"), tar);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(tar);
    }
    Files.write(context.resolve("a.tgz"), packed.toByteArray());
    Files.write(context.resolve("a.bz2"), "BZh91AY&SY".getBytes(StandardCharsets.US_ASCII));

    for (String archive : List.of("a.tar", "a.tgz")) {
      MemoryTree tree = build("ADD --chmod=600 " + archive + " /d");
      assertEquals("hello", tree.text("d/in/file"));
      assertEquals(0750, tree.find("d/in").orElseThrow().attributes().mode());
      assertEquals(7, tree.find("d/in/file").orElseThrow().attributes().uid());
      assertEquals("d/in/file", tree.find("d/in/link").orElseThrow().link());
      assertEquals("hello", tree.text("d/in/by-link"));
    }
    MemoryTree owned = build("ADD --chown=5:6 a.tar /d");
    assertEquals(5, owned.find("d/in/file").orElseThrow().attributes().uid());
    assertEquals(tar.length, build("COPY a.tar /d").content("d").length);
    assertEquals(tar.length, build("ADD --unpack=false a.tar /d").content("d").length);
    assertEquals(10, build("ADD a.bz2 /d").content("d").length);
  }

  @Test
  void add_anArchive_replacesWhatIsInItsWay() throws IOException {
    Files.write(context.resolve("a.tar"), tar());
    Files.createDirectories(context.resolve("way/in/file/deep"));
    Files.writeString(context.resolve("way/in/file/deep/x"), "x");
    Files.writeString(context.resolve("way/soft"), "a file");
    MemoryTree tree = build("COPY way /d/\nADD a.tar /d");
    assertEquals("hello", tree.text("d/in/file"));
    assertTrue(tree.find("d/in/file/deep").isEmpty());
    assertEquals("in", tree.find("d/soft").orElseThrow().link());
  }

  @Test
  void add_aHostileArchive_fails() throws IOException {
    for (byte[] header :
        List.of(
            header("../escaped", '0', 0, "0000644"),
            header("link", '1', 0, "0000644", "nothing"))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(header);
      out.write(new byte[1024]);
      Files.write(context.resolve("a.tar"), out.toByteArray());
      assertTrue(message(failure("ADD a.tar /d")).contains("cannot unpack a.tar: "));
    }
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      gzip.write(header("big", '0', 200 << 20, "0000644"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 200; i++) {
        gzip.write(zeros);
      }
    }
    Files.write(context.resolve("bomb.tgz"), bomb.toByteArray());
    assertTrue(message(failure("ADD bomb.tgz /d")).contains("expands more than 200 times"));
  }

  /** A directory {@code in}, a file of user 7 in it, another name of it, and a link. */
  private static byte[] tar() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(header("in/", '5', 0, "0000750"));
    out.write(header("in/file", '0', 5, "0000644"));
    out.write(Arrays.copyOf("hello".getBytes(StandardCharsets.US_ASCII), 512));
    out.write(header("in/link", '1', 0, "0000644", "in/file"));
    out.write(header("soft", '2', 0, "0000777", "in"));
    out.write(header("soft/by-link", '0', 5, "0000644"));
    out.write(Arrays.copyOf("hello".getBytes(StandardCharsets.US_ASCII), 512));
    out.write(new byte[1024]);
    return out.toByteArray();
  }

  private static byte[] header(String name, char type, int size, String mode) {
    return header(name, type, size, mode, "");
  }

  private static byte[] header(String name, char type, int size, String mode, String link) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, mode);
    put(header, 108, "0000007");
    put(header, 116, "0000007");
    put(header, 124, String.format(java.util.Locale.ROOT, "%011o", size));
    put(header, 136, "00000000001");
    put(header, 148, "        ");
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, String.format(java.util.Locale.ROOT, "%06o\0 ", sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  @Test
  void add_addresses_fetchesThemAndKnowsTheirContent() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[][] content = {tar()};
    server.createContext("/f/a.tar", exchange -> answer(exchange, 200, content[0]));
    server.createContext("/none", exchange -> answer(exchange, 404, new byte[0]));
    server.createContext(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/f/a.tar");
          answer(exchange, 302, new byte[0]);
        });
    server.start();
    try {
      String at = "http://127.0.0.1:" + server.getAddress().getPort();
      MemoryTree tree = build("ADD " + at + "/f/a.tar /d/");
      assertEquals(tar().length, tree.content("d/a.tar").length);
      assertEquals(0600, tree.find("d/a.tar").orElseThrow().attributes().mode());
      assertEquals("hello", build("ADD --unpack=true " + at + "/moved /d/").text("d/in/file"));
      assertTrue(message(failure("ADD " + at + "/none /d")).contains("the server answers 404"));
      String wrong = "sha256:" + "0".repeat(64);
      assertTrue(
          message(failure("ADD --checksum=" + wrong + " " + at + "/f/a.tar /d"))
              .contains("but what came is"));
      Image image = Image.of(Dockerfile.parse("FROM base\nADD " + at + "/f/a.tar /d"));
      assertEquals(List.of(2), machine.watch(image, spec -> spec).ran());
      assertEquals(List.of(), machine.watch(image, spec -> spec).ran());
      content[0] = new byte[] {1};
      assertEquals(List.of(2), machine.watch(image, spec -> spec).ran());
    } finally {
      server.stop(0);
    }
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Test
  void copy_ontoThisMachinesPrograms_isRefused() {
    Image image = Image.host("k").copy("a.txt", "/usr/local/bin/");
    BuildException e =
        assertThrows(
            BuildException.class, () -> machine.build(image, spec -> spec.context(context)));

    assertTrue(message(e).contains("is read-only on an image of this machine"), message(e));
    assertEquals(
        "a",
        machine
            .tree(
                machine.build(
                    Image.host("k").copy("a.txt", "/opt/"), spec -> spec.context(context)))
            .text("opt/a.txt"));
  }

  @Test
  void files_ofTheProgram_arePlacedAndKnownByContent() throws IOException {
    FileSet files =
        FileSet.empty()
            .file(context.resolve("a.txt"), "/app/a")
            .tree(context.resolve("dir"), "/app/tree")
            .bytes("{}".getBytes(StandardCharsets.UTF_8), "/bin/config")
            .owner("app");
    Image image = Image.from("base").files(files);
    var first = machine.watch(image, spec -> spec);
    MemoryTree tree = machine.tree(first.image());

    assertEquals("a", tree.text("app/a"));
    assertEquals("y", tree.text("app/tree/sub/y"));
    assertEquals("{}", tree.text("usr/bin/config"));
    assertEquals(1000, tree.find("app/a").orElseThrow().attributes().uid());
    assertEquals(List.of(), machine.watch(image, spec -> spec).ran());
    write("a.txt", "changed");
    assertEquals(List.of(2), machine.watch(image, spec -> spec).ran());
  }

  @Test
  void layer_isSortedWithItsParents() {
    List<String> paths = new ArrayList<>(build("COPY . /deep/d/").nodes().keySet());
    List<String> sorted = new ArrayList<>(paths);
    sorted.sort(TreePath.ORDER);

    assertEquals(sorted, paths);
  }
}
