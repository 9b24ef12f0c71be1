package io.jollyboat.oci;

import com.google.errorprone.annotations.CheckReturnValue;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of some content by its hash, such as {@code sha256:e3b0c442…}: OCI image-spec,
 * descriptor, "Digests". Immutable.
 *
 * @param algorithm {@code sha256}, {@code sha384} or {@code sha512}
 * @param hex the hash in lower case
 */
@CheckReturnValue
public record Digest(String algorithm, String hex) implements Comparable<Digest> {
  private static final Pattern FORM =
      Pattern.compile("[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[A-Za-z0-9=_-]+");
  private static final Pattern HEX = Pattern.compile("[a-f0-9]+");
  private static final int SHORT_LENGTH = 12;

  public Digest {
    if (hex.length() != hexLength(algorithm)) {
      throw new OciFormatException(
          "digest "
              + algorithm
              + ":"
              + hex
              + ": "
              + algorithm
              + " has "
              + hexLength(algorithm)
              + " hexadecimal digits, not "
              + hex.length());
    }
    if (!HEX.matcher(hex).matches()) {
      throw new OciFormatException(
          "digest " + algorithm + ":" + hex + ": not lower case hexadecimal");
    }
  }

  /** Reads {@code algorithm:hex}. */
  public static Digest parse(String text) {
    if (!FORM.matcher(text).matches()) {
      throw new OciFormatException(
          "digest \"" + text + "\": must be an algorithm, a colon and hexadecimal digits");
    }
    int colon = text.indexOf(':');
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  /** The SHA-256 digest of these bytes. */
  public static Digest sha256(byte[] content) {
    return ofSha256(HexFormat.of().formatHex(sha256Hasher().digest(content)));
  }

  public static Digest ofSha256(String hex) {
    return new Digest("sha256", hex);
  }

  /** Finishes a hash and resets it. */
  public static Digest of(MessageDigest hasher) {
    String algorithm = hasher.getAlgorithm().toLowerCase(Locale.ROOT).replace("-", "");
    return new Digest(algorithm, HexFormat.of().formatHex(hasher.digest()));
  }

  /** A new SHA-256 hash to feed; {@link #of(MessageDigest)} finishes it. */
  public static MessageDigest sha256Hasher() {
    return messageDigest("SHA-256");
  }

  /** A new hash of this digest's own algorithm, for verifying content. */
  public MessageDigest hasher() {
    return messageDigest("SHA-" + algorithm.substring("sha".length()));
  }

  /** The first 12 digits, as people are shown. */
  public String shortHex() {
    return hex.substring(0, SHORT_LENGTH);
  }

  @Override
  public int compareTo(Digest other) {
    return toString().compareTo(other.toString());
  }

  /** {@code algorithm:hex}, which {@link #parse} reads. */
  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }

  private static int hexLength(String algorithm) {
    return switch (algorithm) {
      case "sha256" -> 64;
      case "sha384" -> 96;
      case "sha512" -> 128;
      default ->
          throw new OciFormatException(
              "digest algorithm \"" + algorithm + "\" is not one of sha256, sha384, sha512");
    };
  }

  private static MessageDigest messageDigest(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime lacks " + name, e);
    }
  }
}
