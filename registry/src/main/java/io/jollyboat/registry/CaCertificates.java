package io.jollyboat.registry;

import io.jollyboat.RegistrySettings.KeyPairFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Trust in what this Java runtime trusts and in the certificates of a file besides. */
record CaCertificates(SSLSocketFactory sockets, X509TrustManager trust) {
  /**
   * Reads a file of certificates in PEM.
   *
   * @throws IllegalArgumentException when the file cannot be read or has none
   */
  static CaCertificates load(Path pem) {
    return load(List.of(pem), Optional.empty());
  }

  /** Of several files, with a certificate to show where one is asked for. */
  static CaCertificates load(List<Path> pems, Optional<KeyPairFiles> client) {
    try {
      List<Certificate> all = new ArrayList<>();
      for (Path pem : pems) {
        all.addAll(read(pem));
      }
      X509TrustManager trust = trustManager(keyStore(all));
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] keys = client.isPresent() ? ClientKey.load(client.get()) : new KeyManager[0];
      context.init(keys, new TrustManager[] {trust}, null);
      return new CaCertificates(context.getSocketFactory(), trust);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "cannot read the certificates in "
              + pems
              + client.map(files -> " and " + files.certificate()).orElse("")
              + ": "
              + e.getMessage()
              + "; they must be readable PEM files",
          e);
    }
  }

  static Collection<? extends Certificate> read(Path pem)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(pem)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (certificates.isEmpty()) {
        throw new IOException("no certificate in it");
      }
      return certificates;
    }
  }

  private static KeyStore keyStore(Collection<? extends Certificate> certificates)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (X509Certificate known : trustManager(null).getAcceptedIssuers()) {
      store.setCertificateEntry("runtime-" + number++, known);
    }
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("added-" + number++, certificate);
    }
    return store;
  }

  private static X509TrustManager trustManager(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager trust) {
        return trust;
      }
    }
    throw new GeneralSecurityException("this Java runtime has no X.509 trust manager");
  }

  /** Trust in everybody, for registries of which the caller wants no proof. */
  static CaCertificates none() {
    try {
      X509TrustManager anybody =
          new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
              return new X509Certificate[0];
            }
          };
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[0], new TrustManager[] {anybody}, null);
      return new CaCertificates(context.getSocketFactory(), anybody);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no TLS", e);
    }
  }
}
