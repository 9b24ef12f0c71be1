package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Progress;
import io.jollyboat.Secret;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RecordedProgress;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the steps of builds see and leave, in real containers. */
@IntegrationTest
class BuildRunIT {
  private static final String BASE = "FROM " + TestImages.BUSYBOX + "\n";

  private TestStore store;

  @BeforeEach
  void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterEach
  void delete() {
    store.close();
  }

  @Test
  void heredoc_ofShellTextAndOfAScript_runs() {
    String out =
        built(
            """
            RUN <<EOF
            echo one > /one
            echo "two $HOME" > /two
            EOF
            RUN <<SCRIPT
            #!/bin/cat
            the script itself
            SCRIPT
            RUN <<A cat > /three
            three
            A
            """,
            "cat /one /two /three",
            spec -> spec);
    assertEquals("one\ntwo /root\nthree\n", out);
  }

  @Test
  void mounts_ofARun_areThereAndLeaveNothing(@TempDir Path context) throws IOException {
    Files.writeString(context.resolve("seen.txt"), "seen\n");
    String out =
        built(
            """
            RUN --mount=type=bind,target=/ctx cat /ctx/seen.txt > /bound
            RUN --mount=type=cache,target=/var/cache/x echo kept >> /var/cache/x/file
            RUN --mount=type=cache,target=/var/cache/x cat /var/cache/x/file > /cached
            RUN --mount=type=tmpfs,target=/scratch touch /scratch/x && mount | grep -c " /scratch tmpfs\\|on /scratch type tmpfs" > /tmpfs
            RUN --mount=type=secret,id=key cat /run/secrets/key | wc -c > /secret
            RUN --mount=type=secret,id=key,env=KEY echo ${#KEY} >> /secret
            """,
            "cat /bound /cached /tmpfs /secret; ls -A /scratch /run/secrets /ctx /var/cache/x 2>&1"
                + " | grep -v :$ | grep -v 'No such' | grep . ; true",
            spec -> spec.context(context).secret("key", Secret.of("0123456789")));
    assertEquals("seen\nkept\n1\n10\n10\n", out);
  }

  @Test
  void secretsTrustAndProxies_areInNothingThatIsKept(@TempDir Path directory) throws IOException {
    String secret = "s3cr3t-of-this-test";
    String proxy = "proxy-of-this-test";
    String authority = "authority-of-this-test";
    Path bundle = Files.writeString(directory.resolve("trusted-here.pem"), pem(authority));
    StringBuilder log = new StringBuilder();
    try (Engine engine =
        store
            .builder()
            .trust(bundle)
            .proxy(Map.of("HTTP_PROXY", "http://" + proxy + ":1"))
            .progress(
                new Progress() {
                  @Override
                  public void stepStarted(Step step) {
                    log.append(step);
                  }
                })
            .open()) {
      StoredImage image =
          engine.build(
              Image.of(
                  Dockerfile.parse(
                      BASE
                          + """
                          RUN --mount=type=secret,id=key [ $(cat /run/secrets/key) = s3cr3t-of-"this-test" ]
                          RUN --mount=type=secret,id=key,env=KEY [ $KEY = s3cr3t-of-"this-test" ]
                          RUN [ "$HTTP_PROXY" = http://proxy-of-"this-test":1 ] && [ -r $SSL_CERT_FILE ]
                          RUN grep -q authority-of-"this-test" $NODE_EXTRA_CA_CERTS
                          USER 1000
                          RUN touch /tmp/x
                          """)),
              spec -> spec.secret("key", Secret.of(secret)).tag("kept:1"));
      assertFalse(image.config().toString().contains(secret));
    }
    for (String word : List.of(secret, proxy, authority, "SSL_CERT_FILE=", "trusted-here")) {
      assertEquals(List.of(), filesWith(word), word);
      assertFalse(log.toString().contains(word), word);
    }
  }

  private static String pem(String comment) throws IOException {
    return "# " + comment + "\n" + Files.readString(TestStore.MACHINE_CERTIFICATES);
  }

  /** Every file of the store, unpacked when it is compressed. */
  private List<Path> filesWith(String word) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.walk(store.root())) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        if (new String(content(file), StandardCharsets.ISO_8859_1).contains(word)) {
          found.add(file);
        }
      }
    }
    return found;
  }

  private static byte[] content(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length > 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b) {
      try (InputStream plain = new GZIPInputStream(Files.newInputStream(file))) {
        return plain.readAllBytes();
      }
    }
    return bytes;
  }

  @Test
  void environment_ofARun_hasArgumentsVariablesAndTheUsersHome() {
    String out =
        built(
            """
            ARG GIVEN=standard
            ARG EMPTY
            ENV SET=${GIVEN}-set
            RUN echo $GIVEN $SET "[$EMPTY]" $HOME > /who
            RUN echo 'jane:x:1000:1000::/home/jane:/bin/sh' >> /etc/passwd
            USER jane
            RUN echo $HOME $(id -u) > /tmp/jane
            WORKDIR /made/by/jane
            COPY --chown=jane seen.txt ./
            RUN stat -c %u . seen.txt > /tmp/owners
            USER 4711
            RUN echo $HOME $(id -u) > /tmp/number
            """,
            "cat /who /tmp/jane /tmp/owners /tmp/number; pwd",
            spec -> spec.arg("GIVEN", "given").context(seen()));
    assertEquals(
        "given given-set [] /root\n/home/jane 1000\n1000\n1000\n/ 4711\n/made/by/jane\n", out);
  }

  private Path seen() {
    try {
      Path context = Files.createDirectories(store.root().resolve("volumes/context"));
      Files.writeString(context.resolve("seen.txt"), "seen");
      return context;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void onbuild_runsInTheImageThatIsBuiltOnIt() {
    try (Engine engine = store.open()) {
      StoredImage base =
          engine.build(
              Image.of(Dockerfile.parse(BASE + "ONBUILD RUN echo triggered > /x\n")),
              spec -> spec.tag("trigger:1"));
      assertEquals("", Result.sh(engine, Specs.alone(base.id()), "cat /x 2>/dev/null; true"));
      StoredImage made = engine.build(Image.from("trigger:1").run("cat /x > /y"));
      assertEquals("triggered\n", Result.sh(engine, Specs.alone(made.id()), "cat /y"));
      assertEquals(List.of(), made.config().onBuild());
    }
  }

  @Test
  void stages_atOnce_giveTheirFilesAndAReadableConsole() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    String dockerfile =
        BASE.strip()
            + """
             AS one
            RUN for i in 1 2 3 4 5; do echo one $i; sleep 0.05; done; echo 1 > /out
            """
            + BASE.strip()
            + """
             AS two
            RUN for i in 1 2 3 4 5; do echo two $i; sleep 0.05; done; echo 2 > /out
            """
            + BASE
            + """
            COPY --from=one /out /one
            COPY --from=two /out /two
            """;
    try (Engine engine = store.open()) {
      StoredImage image =
          engine.build(
              Image.of(Dockerfile.parse(dockerfile)),
              spec ->
                  spec.progress(
                      Progress.console(new PrintStream(printed, true, StandardCharsets.UTF_8))));
      assertEquals("1\n2\n", Result.sh(engine, Specs.alone(image.id()), "cat /one /two"));
    }
    String text = printed.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("one 1\none 2\none 3\none 4\none 5\n ---> "), text);
    assertTrue(text.contains("two 1\ntwo 2\ntwo 3\ntwo 4\ntwo 5\n ---> "), text);
    List<String> steps = text.lines().filter(line -> line.startsWith("Step ")).toList();
    for (int i = 0; i < steps.size(); i++) {
      assertTrue(steps.get(i).startsWith("Step " + (i + 1) + "/" + steps.size() + " : "), text);
    }
  }

  @Test
  void interrupt_ofABuild_endsItWithTheFlagSetAndLeavesTheCacheValid() throws InterruptedException {
    RecordedProgress progress = new RecordedProgress();
    Image image =
        Image.from(TestImages.BUSYBOX)
            .run("echo first > /first")
            .run("sleep 1; echo second > /second");
    try (Engine engine = store.open()) {
      for (int pause : new int[] {100, 500}) {
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread thread =
            new Thread(
                () -> {
                  try {
                    engine.build(image);
                  } catch (RuntimeException e) {
                    flag.complete(Thread.currentThread().isInterrupted());
                    failure.complete(e);
                  }
                });
        thread.start();
        Thread.sleep(pause);
        thread.interrupt();
        thread.join();
        assertInstanceOf(InterruptedOperationException.class, failure.join());
        assertTrue(flag.join());
      }
      StoredImage made = engine.build(image, spec -> spec.progress(progress));
      assertEquals(
          "first\nsecond\n", Result.sh(engine, Specs.alone(made.id()), "cat /first /second"));
    }
    assertEquals(1, progress.containers(), "the first step was kept: " + progress.executed());
  }

  @Test
  void output_ofAStep_isWholeCharacters() {
    RecordedProgress progress = new RecordedProgress();
    try (Engine engine = store.open(progress)) {
      engine.build(
          Image.from(TestImages.BUSYBOX)
              .run("printf '\\303'; sleep 0.1; printf '\\251\\377'; printf '\\303'"));
    }
    assertEquals("\u00e9\ufffd\ufffd", progress.output());
  }

  /** What a script prints in the image of a Dockerfile on busybox. */
  private String built(String dockerfile, String script, UnaryOperator<BuildSpec> options) {
    try (Engine engine = store.open()) {
      StoredImage image = engine.build(Image.of(Dockerfile.parse(BASE + dockerfile)), options);
      return Result.sh(engine, Specs.alone(image.id()), script);
    }
  }
}
