package io.jollyboat.examples;

import io.jollyboat.Container;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.Wait;
import java.nio.file.Path;

/** What the README shows: a web server built from a directory that holds {@code Hello.java}. */
public final class ReadmeExample {
  private ReadmeExample() {}

  public static void main(String[] args) {
    hello(Path.of(args[0]));
  }

  private static void hello(Path directory) {
    Image image =
        Image.host()
            .workdir("/srv")
            .copy("Hello.java", ".")
            .run("javac Hello.java")
            .expose(8080)
            .cmd("java", "Hello");
    try (Engine engine = Engine.open()) {
      engine.build(image, build -> build.context(directory).tag("hello"));
      try (Container web =
          engine.run("hello", run -> run.publish(8080).readyWhen(Wait.forHttp(8080, "/")))) {
        System.out.println("listening on " + web.address(8080));
      }
    }
  }
}
