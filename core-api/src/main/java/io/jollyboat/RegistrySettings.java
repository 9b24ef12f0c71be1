package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.oci.ImageReference;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where registries are and how they are spoken to, as an administrator would write it in {@code
 * registries.conf} and {@code certs.d}. A registry is named by its host, with the port if
 * references have one; Docker Hub is {@code docker.io}. A value.
 */
@CheckReturnValue
public final class RegistrySettings {
  private static final RegistrySettings DEFAULTS =
      new RegistrySettings(
          Map.of(),
          Map.of(),
          Set.of(),
          Map.of(),
          List.of(Path.of("/etc/containers/certs.d"), Path.of("/etc/docker/certs.d")));

  private final Map<String, List<URI>> mirrors;
  private final Map<String, ImageReference> aliases;
  private final Set<String> insecure;
  private final Map<String, Certificates> certificates;
  private final List<Path> directories;

  /**
   * Certificates for one registry, in files of PEM.
   *
   * @param authorities whom to trust, besides those that are trusted everywhere
   * @param client the certificate to show, with its chain, and its private key
   */
  public record Certificates(List<Path> authorities, Optional<KeyPairFiles> client) {
    public Certificates {
      authorities = List.copyOf(authorities);
    }
  }

  /**
   * A client's certificate.
   *
   * @param key in the form of PKCS #8 or, of RSA, PKCS #1, without a password
   */
  public record KeyPairFiles(Path certificate, Path key) {}

  private RegistrySettings(
      Map<String, List<URI>> mirrors,
      Map<String, ImageReference> aliases,
      Set<String> insecure,
      Map<String, Certificates> certificates,
      List<Path> directories) {
    this.mirrors = mirrors;
    this.aliases = aliases;
    this.insecure = insecure;
    this.certificates = certificates;
    this.directories = List.copyOf(directories);
  }

  /**
   * No mirrors and aliases; HTTPS but on this machine; certificates from {@code
   * /etc/containers/certs.d} and {@code /etc/docker/certs.d}.
   */
  public static RegistrySettings defaults() {
    return DEFAULTS;
  }

  /**
   * Where a registry's images are looked for first; several in the order of these calls. Pushes go
   * to the registry itself.
   *
   * @param url {@code https://host[:port][/prefix]}, or with {@code http}
   */
  public RegistrySettings mirror(String registry, String url) {
    URI mirror = URI.create(url);
    boolean usable =
        mirror.getHost() != null && List.of("http", "https").contains(mirror.getScheme());
    if (!usable) {
      throw new IllegalArgumentException(
          "a mirror is an address such as https://mirror.example:5000: " + url);
    }
    Map<String, List<URI>> more = new LinkedHashMap<>(mirrors);
    List<URI> all = new ArrayList<>(more.getOrDefault(registry, List.of()));
    all.add(mirror);
    more.put(registry, List.copyOf(all));
    return new RegistrySettings(more, aliases, insecure, certificates, directories);
  }

  /**
   * What a short name means elsewhere: with {@code alias("debian", "registry.example/base/debian")}
   * the image {@code debian:12} is pulled from and pushed to {@code
   * registry.example/base/debian:12}, and keeps its short name here.
   */
  public RegistrySettings alias(String name, String repository) {
    Map<String, ImageReference> more = new LinkedHashMap<>(aliases);
    more.put(ImageReference.parse(name).repository(), ImageReference.parse(repository));
    return new RegistrySettings(mirrors, more, insecure, certificates, directories);
  }

  /** Spoken to by plain HTTP, or by HTTPS whoever it may be. Everybody on the way can change it. */
  public RegistrySettings insecure(String registry) {
    Set<String> more = new TreeSet<>(insecure);
    more.add(registry);
    return new RegistrySettings(mirrors, aliases, more, certificates, directories);
  }

  /** Whom to trust as this registry, besides those that are trusted everywhere. */
  public RegistrySettings trust(String registry, Path caCertificatesPem) {
    Certificates known = certificates(registry);
    List<Path> all = new ArrayList<>(known.authorities());
    all.add(caCertificatesPem);
    return with(registry, new Certificates(all, known.client()));
  }

  /**
   * What to show to this registry, and to no other host.
   *
   * @param key in the form of PKCS #8 or, of RSA, PKCS #1, without a password
   */
  public RegistrySettings clientCertificate(String registry, Path certificatePem, Path key) {
    return with(
        registry,
        new Certificates(
            certificates(registry).authorities(),
            Optional.of(new KeyPairFiles(certificatePem, key))));
  }

  private RegistrySettings with(String registry, Certificates all) {
    Map<String, Certificates> more = new LinkedHashMap<>(certificates);
    more.put(registry, all);
    return new RegistrySettings(mirrors, aliases, insecure, more, directories);
  }

  /**
   * Directories of certificates as Docker has them, in place of the default ones: {@code
   * HOST[:PORT]/*.crt} are authorities, {@code *.cert} with {@code *.key} a client's certificate.
   */
  public RegistrySettings certificateDirectories(List<Path> all) {
    return new RegistrySettings(mirrors, aliases, insecure, certificates, all);
  }

  /** Those of all registries. */
  public List<URI> mirrors() {
    return mirrors.values().stream().flatMap(List::stream).toList();
  }

  public List<URI> mirrors(String registry) {
    return mirrors.getOrDefault(registry, List.of());
  }

  /** Where an image is that has a short name; the reference itself when it has none. */
  public ImageReference located(ImageReference reference) {
    ImageReference alias = aliases.get(reference.repository());
    if (alias == null) {
      return reference;
    }
    ImageReference tagged = reference.tag().map(alias::withTag).orElse(alias);
    return reference.digest().map(tagged::withDigest).orElse(tagged);
  }

  public boolean isInsecure(String registry) {
    return insecure.contains(registry);
  }

  /** Those given by name; {@link #certificateDirectories()} may have more. */
  public Certificates certificates(String registry) {
    return certificates.getOrDefault(registry, new Certificates(List.of(), Optional.empty()));
  }

  public List<Path> certificateDirectories() {
    return directories;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RegistrySettings that
        && mirrors.equals(that.mirrors)
        && aliases.equals(that.aliases)
        && insecure.equals(that.insecure)
        && certificates.equals(that.certificates)
        && directories.equals(that.directories);
  }

  @Override
  public int hashCode() {
    return java.util.Objects.hash(mirrors, aliases, insecure, certificates, directories);
  }

  @Override
  public String toString() {
    return "mirrors " + mirrors + ", aliases " + aliases + ", insecure " + insecure;
  }
}
