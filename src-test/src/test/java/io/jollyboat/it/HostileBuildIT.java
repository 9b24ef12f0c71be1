package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.jollyboat.BuildException;
import io.jollyboat.BuildSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.test.Command;
import io.jollyboat.test.HostMount;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RecordedProgress;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What builds read from strangers, and what happens to them at a bad time. */
@IntegrationTest
class HostileBuildIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String BASE = "FROM " + TestImages.BUSYBOX + "\n";
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static TestStore store;

  private Path directory;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @BeforeEach
  void prepare(@TempDir Path temporary) {
    directory = temporary;
  }

  private static Image read(String text) {
    return Image.of(Dockerfile.parse(BASE + text));
  }

  private static String sh(Path where, String script) {
    return Command.run(SOON, "env", "-C", where.toString(), "sh", "-euc", script);
  }

  private static String problem(Engine engine, String text, UnaryOperator<BuildSpec> options) {
    BuildException e = assertThrows(BuildException.class, () -> engine.build(read(text), options));
    assertTrue(String.valueOf(e.getMessage()).startsWith("Dockerfile:2:1"), e.getMessage());
    return String.valueOf(e.getMessage());
  }

  @Test
  void context_withStrangeFiles_isCopiedOrRefusedByName() {
    String unused =
        sh(
            directory,
            """
            mkdir fine && cd fine && ln -s b a && ln -s a b && ln -s ../../../.. up
            printf x > "$(printf 'n\\377\\303')" && mkdir deep && ln -s .. deep/self && cd ..
            mkdir pipe && mkfifo pipe/p && mkdir device && mknod device/d c 1 3
            """);
    UnaryOperator<BuildSpec> here = build -> build.context(directory);
    try (Engine engine = store.open()) {
      StoredImage made = engine.build(read("COPY fine /fine\n"), here);
      assertEquals(
          "b\na\n..\n../../../..\n 6e ff c3\n",
          Result.sh(
              engine,
              Specs.alone(made.id()),
              "cd /fine; for l in a b deep/self up; do readlink $l; done; printf %s n* | od -An -tx1"));
      assertTrue(problem(engine, "COPY fine/a /x\n", here).contains("fine/a"));
      assertTrue(problem(engine, "COPY pipe /x\n", here).contains("pipe/p is a fifo"));
      assertTrue(
          problem(engine, "COPY device /x\n", here).contains("device/d is a character device"));
      assertTrue(problem(engine, "COPY fine/up/etc /x\n", here).contains("is not in the build"));
      assertEquals(List.of(), BuildContextsIT.unfinished(store));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpServer answering(HttpServer server, String path, Answer answer) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            answer.to(exchange);
          }
        });
    return server;
  }

  /** What a server does. */
  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private static void send(HttpExchange exchange, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Test
  void add_ofAnAddressThatRedirectsOrBreaksOff_isRefusedAndLeavesNothing() throws IOException {
    HttpServer server = HttpServer.create(ANY_PORT, 0);
    answering(
        server,
        "/file",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "file:///etc/passwd");
          exchange.sendResponseHeaders(302, -1);
        });
    answering(
        server,
        "/short",
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write(new byte[10]);
        });
    answering(server, "/good", exchange -> send(exchange, "of the server"));
    server.start();
    String at = "http://127.0.0.1:" + server.getAddress().getPort();
    try (Engine engine = store.open()) {
      assertTrue(
          problem(engine, "ADD " + at + "/file /x\n", build -> build).contains("leads nowhere"));
      assertTrue(problem(engine, "ADD " + at + "/short /x\n", build -> build).contains("/short"));
      StoredImage made = engine.build(read("ADD " + at + "/good /x\n"));
      assertEquals(
          "of the server600",
          Result.sh(engine, Specs.alone(made.id()), "cat /x; stat -c %a /x").strip());
      assertEquals(List.of(), BuildContextsIT.unfinished(store));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void add_ofAnAddress_isInterruptedWhileItIsRead() throws Exception {
    CountDownLatch half = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    HttpServer server = HttpServer.create(ANY_PORT, 0);
    answering(
        server,
        "/slow",
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write(new byte[500]);
          exchange.getResponseBody().flush();
          half.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    String at = "http://127.0.0.1:" + server.getAddress().getPort();
    try (Engine engine = store.open()) {
      FutureTask<StoredImage> build =
          new FutureTask<>(() -> engine.build(read("ADD " + at + "/slow /x\n")));
      Thread thread = new Thread(build);
      thread.start();
      half.await();
      thread.interrupt();
      ExecutionException e = assertThrows(ExecutionException.class, build::get);
      assertInstanceOf(InterruptedOperationException.class, e.getCause());
      assertEquals(List.of(), BuildContextsIT.unfinished(store));
    } finally {
      end.countDown();
      server.stop(0);
    }
  }

  @Test
  void add_ofAnAddress_goesByTheEnginesProxyAndTrustsItsAuthority() throws Exception {
    Path keys = directory.resolve("keys.p12");
    Path certificate = directory.resolve("ca.pem");
    HttpsServer secret = HttpsServer.create(ANY_PORT, 0);
    secret.setHttpsConfigurator(new HttpsConfigurator(context(keys, certificate)));
    answering(secret, "/f", exchange -> send(exchange, "secret"));
    HttpServer proxy = HttpServer.create(ANY_PORT, 0);
    answering(proxy, "/", exchange -> send(exchange, "for " + exchange.getRequestURI()));
    secret.start();
    proxy.start();
    String by = "http://127.0.0.1:" + proxy.getAddress().getPort();
    String at = "https://127.0.0.1:" + secret.getAddress().getPort();
    try (Engine strange = store.builder().open()) {
      assertTrue(problem(strange, "ADD " + at + "/f /x\n", build -> build).contains(at));
    }
    try (Engine engine =
        store.builder().trust(certificate).proxy(Map.of("HTTP_PROXY", by)).open()) {
      StoredImage made = engine.build(read("ADD " + at + "/f /d/f\n"));
      assertEquals("secret", Result.sh(engine, Specs.alone(made.id()), "cat /d/f"));
      StoredImage proxied = engine.build(read("ADD http://nowhere.invalid/f /x\n"));
      assertEquals(
          "for http://nowhere.invalid/f", Result.sh(engine, Specs.alone(proxied.id()), "cat /x"));
    } finally {
      secret.stop(0);
      proxy.stop(0);
    }
  }

  private static SSLContext context(Path keys, Path certificate) throws Exception {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String[] own = {"-alias", "test", "-keystore", keys.toString(), "-storepass", "changeit"};
    Processes.run(
        words(
            own,
            keytool,
            "-genkeypair",
            "-keyalg",
            "EC",
            "-dname",
            "CN=t",
            "-ext",
            "san=ip:127.0.0.1"));
    Processes.run(words(own, keytool, "-exportcert", "-rfc", "-file", certificate.toString()));
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private static String[] words(String[] last, String... first) {
    return Stream.concat(Stream.of(first), Stream.of(last)).toArray(String[]::new);
  }

  @Test
  void disk_fullInMidStep_failsTheBuildAndLeavesWhatWasThere(RegistryProcess registry)
      throws IOException {
    Path root = Files.createDirectory(directory.resolve("root"));
    Path context = Files.createDirectory(directory.resolve("context"));
    sh(context, "head -c 60000000 /dev/urandom > big; echo small > small");
    try (HostMount disk = HostMount.on(root, "-o", "size=48m,mode=700");
        Engine engine = Engine.builder().root(root).proxy(Map.of()).open()) {
      assertTrue(TestStore.take(engine, registry, TestImages.BUSYBOX).size().bytes() > 0);
      Image small = read("COPY small /\n");
      StoredImage first = engine.build(small, build -> build.context(context));
      int images = engine.images().listAll().size();
      for (String text :
          List.of("COPY big /\n", "RUN --mount=source=big,target=/b,rw true\n", "COPY . /\n")) {
        String said = problem(engine, text, build -> build.context(context));
        assertTrue(said.contains("o space left on device"), said);
        assertEquals(images, engine.images().listAll().size());
      }
      RecordedProgress told = new RecordedProgress();
      StoredImage again = engine.build(small, build -> build.context(context).progress(told));
      assertEquals(first.id(), again.id());
      assertEquals(0, told.executed().stream().filter(s -> s.startsWith("COPY")).count());
      assertEquals("small\n", Result.sh(engine, Specs.alone(again.id()), "cat /small"));
    }
  }

  @Test
  void build_interruptedAtAnyTime_leavesNothingAndIsWholeTheNextTime() throws Exception {
    sh(directory, "for i in $(seq 300); do echo $i > f$i; done");
    int interrupted = 0;
    try (Engine engine = store.open()) {
      for (int i = 0; i < 16; i++) {
        Image image = read("COPY . /d/\nENV I=" + i + "\nRUN cat /d/f* > /all\nADD f1 f2 /e/\n");
        FutureTask<StoredImage> build =
            new FutureTask<>(() -> engine.build(image, spec -> spec.context(directory).noCache()));
        Thread thread = new Thread(build);
        thread.start();
        Thread.sleep(i * 15L);
        thread.interrupt();
        thread.join();
        try {
          build.get();
        } catch (ExecutionException e) {
          assertInstanceOf(InterruptedOperationException.class, e.getCause());
          interrupted++;
        }
        assertEquals(List.of(), BuildContextsIT.unfinished(store));
      }
      assertTrue(interrupted > 0);
      StoredImage whole =
          engine.build(
              read("COPY . /d/\nENV I=0\nRUN cat /d/f* > /all\nADD f1 f2 /e/\n"),
              spec -> spec.context(directory));
      assertEquals(
          "300\n2\n", Result.sh(engine, Specs.alone(whole.id()), "wc -l < /all; ls /e | wc -l"));
    }
  }
}
