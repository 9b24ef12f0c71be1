package io.jollyboat.registry;

import io.jollyboat.RegistrySettings.KeyPairFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** The certificate that a client shows, from files of PEM. */
final class ClientKey {
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ((?:RSA )?PRIVATE KEY)-----(.+?)-----END", Pattern.DOTALL);

  /** RFC 8018: version 0, and rsaEncryption without parameters. */
  private static final byte[] RSA_HEAD = {
    0x02,
    0x01,
    0x00,
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  private ClientKey() {}

  static KeyManager[] load(KeyPairFiles files) throws IOException, GeneralSecurityException {
    Certificate[] chain = CaCertificates.read(files.certificate()).toArray(new Certificate[0]);
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry("client", key(files), new char[0], chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static PrivateKey key(KeyPairFiles files) throws IOException, GeneralSecurityException {
    Matcher pem = PEM.matcher(Files.readString(files.key(), StandardCharsets.US_ASCII));
    if (!pem.find()) {
      throw new IOException(
          files.key()
              + " has no private key that can be read;"
              + " `openssl pkcs8 -topk8 -nocrypt -in KEY` writes one");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
    boolean bare = pem.group(1).startsWith("RSA");
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(bare ? wrapped(der) : der);
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        // Of another algorithm.
      }
    }
    throw new IOException(files.key() + " is a key of an unknown algorithm: use RSA or EC");
  }

  /** PKCS #1 within PKCS #8: RFC 5208, 5. */
  private static byte[] wrapped(byte[] key) {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    inner.writeBytes(RSA_HEAD);
    inner.writeBytes(element(0x04, key));
    return element(0x30, inner.toByteArray());
  }

  /** One DER element; its length always takes two bytes, which a key's is long enough for. */
  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    out.write(0x82);
    out.write(content.length >> 8);
    out.write(content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }
}
