package io.jollyboat.oci;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of an image in a registry or a store, with a tag, a digest or both, after Docker's
 * rules: {@code node:8} is {@code docker.io/library/node:8}; without tag and digest the tag is
 * {@code latest}. Immutable.
 */
@CheckReturnValue
public final class ImageReference {
  private static final String HUB = "docker.io";
  private static final String HUB_ALIAS = "index.docker.io";
  private static final String HUB_API_HOST = "registry-1.docker.io";
  private static final String HUB_OFFICIAL = "library/";
  private static final String DEFAULT_TAG = "latest";
  private static final int MAX_PATH = 255;

  private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
  private static final Pattern DOMAIN =
      Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[a-fA-F0-9:]+])(?::[0-9]+)?");
  private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  private static final Pattern PATH = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*");
  private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");
  private static final Pattern FORM =
      Pattern.compile("(?<name>[^@]+?)(?::(?<tag>\\w[\\w.-]{0,127}))?(?:@(?<digest>.+))?");
  private static final Pattern BARE_ID = Pattern.compile("[a-f0-9]{64}");

  private final String domain;
  private final String path;
  private final @Nullable String tag;
  private final @Nullable Digest digest;

  private ImageReference(
      String domain, String path, @Nullable String tag, @Nullable Digest digest) {
    this.domain = domain;
    this.path = path;
    this.tag = tag;
    this.digest = digest;
  }

  /** Reads what people write: {@code [domain/]path[:tag][@digest]}. */
  public static ImageReference parse(String text) {
    if (BARE_ID.matcher(text).matches()) {
      throw invalid(text, "64 hexadecimal digits are an image id, not a name");
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw invalid(text, "must have the form [registry/]path[:tag][@digest]");
    }
    String tag = form.group("tag");
    String digestText = form.group("digest");
    Digest digest = digestText == null ? null : parseDigest(text, digestText);
    ImageReference name = parseName(text, form.group("name"));
    String implied = tag == null && digest == null ? DEFAULT_TAG : tag;
    return new ImageReference(name.domain, name.path, implied, digest);
  }

  private static Digest parseDigest(String text, String digest) {
    try {
      return Digest.parse(digest);
    } catch (OciFormatException e) {
      throw new OciFormatException("image reference \"" + text + "\": " + e.getMessage(), e);
    }
  }

  private static ImageReference parseName(String text, String name) {
    int slash = name.indexOf('/');
    boolean hasDomain = slash > 0 && looksLikeDomain(name.substring(0, slash));
    String domain = hasDomain ? name.substring(0, slash) : HUB;
    String path = hasDomain ? name.substring(slash + 1) : name;
    if (domain.equals(HUB_ALIAS)) {
      domain = HUB;
    }
    if (domain.equals(HUB) && path.indexOf('/') < 0) {
      path = HUB_OFFICIAL + path;
    }
    check(text, domain, path);
    return new ImageReference(domain, path, null, null);
  }

  private static boolean looksLikeDomain(String first) {
    return first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || first.equals("localhost")
        || !first.equals(first.toLowerCase(Locale.ROOT));
  }

  private static void check(String text, String domain, String path) {
    if (!DOMAIN.matcher(domain).matches()) {
      throw invalid(text, "\"" + domain + "\" is not the name of a registry");
    }
    if (!PATH.matcher(path).matches()) {
      boolean upper = PATH.matcher(path.toLowerCase(Locale.ROOT)).matches();
      throw invalid(
          text,
          upper
              ? "the name of a repository must be in lower case"
              : "\"" + path + "\" is not the name of a repository");
    }
    if (path.length() > MAX_PATH) {
      throw invalid(text, "the name of a repository has at most " + MAX_PATH + " characters");
    }
  }

  private static OciFormatException invalid(String text, String why) {
    return new OciFormatException("image reference \"" + text + "\": " + why);
  }

  /** The registry's name and port as the reference has it; Docker Hub is {@code docker.io}. */
  public String domain() {
    return domain;
  }

  /** The host, and the port if there is one, where the registry answers. */
  public String registry() {
    return domain.equals(HUB) ? HUB_API_HOST : domain;
  }

  /** The repository's name within its registry, such as {@code library/node}. */
  public String path() {
    return path;
  }

  /** Registry and repository in the short form that people are shown, without tag and digest. */
  public String repository() {
    if (!domain.equals(HUB)) {
      return domain + "/" + path;
    }
    boolean official =
        path.startsWith(HUB_OFFICIAL) && path.indexOf('/', HUB_OFFICIAL.length()) < 0;
    return official ? path.substring(HUB_OFFICIAL.length()) : path;
  }

  public Optional<String> tag() {
    return Optional.ofNullable(tag);
  }

  /** The digest, which decides over the tag where both are given. */
  public Optional<Digest> digest() {
    return Optional.ofNullable(digest);
  }

  /** The same repository with this tag, and no digest. */
  public ImageReference withTag(String newTag) {
    if (!TAG.matcher(newTag).matches()) {
      throw new OciFormatException("tag \"" + newTag + "\": must match " + TAG);
    }
    return new ImageReference(domain, path, newTag, null);
  }

  /** The same repository with this digest, and no tag. */
  public ImageReference withDigest(Digest newDigest) {
    return new ImageReference(domain, path, null, newDigest);
  }

  /** Whether both are the same repository of the same registry. */
  public boolean sameRepository(ImageReference other) {
    return domain.equals(other.domain) && path.equals(other.path);
  }

  /** The full form, such as {@code docker.io/library/node:8}. */
  public String canonical() {
    return domain + "/" + path + suffix();
  }

  /** The short form that people are shown, such as {@code node:8}; {@link #parse} reads it. */
  @Override
  public String toString() {
    return repository() + suffix();
  }

  private String suffix() {
    return (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImageReference that && canonical().equals(that.canonical());
  }

  @Override
  public int hashCode() {
    return Objects.hash(domain, path, tag, digest);
  }
}
