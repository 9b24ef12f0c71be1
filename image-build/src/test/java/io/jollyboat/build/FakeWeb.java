package io.jollyboat.build;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Instant;

/** Asks by the JDK's own client. */
final class FakeWeb implements WebSource {
  @Override
  public WebFile open(String address) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(address).toURL().openConnection();
    if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
      throw new IOException("the server answers " + connection.getResponseCode());
    }
    return new WebFile() {
      @Override
      public InputStream content() throws IOException {
        return connection.getInputStream();
      }

      @Override
      public Instant modified() {
        return Instant.ofEpochMilli(connection.getLastModified());
      }

      @Override
      public void close() {
        connection.disconnect();
      }
    };
  }
}
