package io.jollyboat.engine;

import io.jollyboat.build.WebSource;
import io.jollyboat.registry.WebFiles;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;

/** What web servers answer, as a build reads it. Safe for use by several threads. */
final class WebAnswers implements WebSource {
  private final WebFiles files;

  WebAnswers(WebFiles files) {
    this.files = files;
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // whoever closes the file closes the answer
  public WebFile open(String address) throws IOException {
    WebFiles.Answer answer = files.open(address);
    return new WebFile() {
      @Override
      public InputStream content() {
        return answer.content();
      }

      @Override
      public Instant modified() {
        return answer.modified();
      }

      @Override
      public void close() {
        answer.close();
      }
    };
  }
}
