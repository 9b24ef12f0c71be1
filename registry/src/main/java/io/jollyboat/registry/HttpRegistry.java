package io.jollyboat.registry;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.jollyboat.Credentials;
import io.jollyboat.RegistrySettings;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Manifest;
import io.jollyboat.spi.CredentialSource;
import io.jollyboat.spi.ReferrersTag;
import io.jollyboat.spi.Registry;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Registries that speak the OCI distribution protocol: HTTPS everywhere, plain HTTP on this
 * machine. Safe for use by several threads.
 */
public final class HttpRegistry implements Registry, AutoCloseable {
  private final Transport transport;
  private final RetryPolicy retries;
  private final Consumer<String> warnings;
  private final CredentialSource credentials;
  private final RegistrySettings settings;
  private final Mirrors mirrors;
  private final RegistryHosts hosts;
  private final RegistryClient client;
  private final Manifests manifests;
  private final Blobs blobs;
  private final Uploads uploads;
  private final Listings listings;

  private HttpRegistry(
      Transport transport,
      RetryPolicy retries,
      CredentialSource credentials,
      RegistrySettings settings,
      Consumer<String> warnings) {
    this.settings = settings;
    this.mirrors = new Mirrors(settings);
    this.transport = transport;
    this.retries = retries;
    this.warnings = warnings;
    this.credentials = credentials;
    Authorizer authorizer = new Authorizer(credentials, new TokenEndpoint(transport, retries));
    this.client = new RegistryClient(transport, authorizer, retries);
    this.hosts =
        new RegistryHosts(transport, host -> settings.isInsecure(host) || mirrors.isPlain(host));
    this.manifests = new Manifests(client, hosts, warnings);
    this.blobs = new Blobs(client, hosts, retries);
    this.uploads = new Uploads(client, hosts, retries);
    this.listings = new Listings(client, hosts);
  }

  /** With Docker's credentials, the runtime's certificates and the environment's proxies. */
  public static HttpRegistry create() {
    return builder().build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The same, sharing its connections, with other credentials. */
  public HttpRegistry withCredentials(CredentialSource credentials) {
    return new HttpRegistry(transport, retries, credentials, settings, warnings);
  }

  @Override
  public Optional<Descriptor> resolve(ImageReference reference) {
    return mirrors.first(
        settings.located(reference),
        mirror -> Optional.of(manifests.resolve(mirror)).filter(Optional::isPresent),
        manifests::resolve);
  }

  @Override
  public byte[] manifest(ImageReference repository, Descriptor manifest) {
    return mirrors.first(
        settings.located(repository),
        mirror -> Optional.of(manifests.get(mirror, manifest)),
        registry -> manifests.get(registry, manifest));
  }

  /**
   * {@inheritDoc} When the connection breaks, the rest is asked for again. Reading fails with
   * {@link io.jollyboat.RegistryException}.
   */
  @Override
  public InputStream blob(ImageReference repository, Descriptor blob, long offset) {
    return mirrors.first(
        settings.located(repository),
        mirror -> Optional.of(blobs.open(mirror, blob, offset)),
        registry -> blobs.open(registry, blob, offset));
  }

  @Override
  public boolean mount(ImageReference from, ImageReference to, Descriptor blob) {
    ImageReference target = settings.located(to);
    ImageReference source = settings.located(from);
    return blobs.exists(target, source, blob) || uploads.mount(source, target, blob);
  }

  /**
   * {@inheritDoc} Where a connection breaks, the registry is asked how far it got, and the rest is
   * sent; some have given the upload up by then, and that is the failure.
   */
  @Override
  public void pushBlob(ImageReference repository, Descriptor blob, InputStream content) {
    uploads.push(settings.located(repository), blob, content);
  }

  /**
   * {@inheritDoc} Where it has a subject and the registry keeps no referrers, the tag of {@link
   * ReferrersTag} is made to tell of it.
   */
  @Override
  public Digest pushManifest(ImageReference reference, String mediaType, byte[] manifest) {
    return manifests.put(settings.located(reference), mediaType, manifest, this::addToTag);
  }

  /** One at a time: the tag's index is read, and written with one more entry. */
  private synchronized void addToTag(ImageReference repository, Manifest referrer) {
    ReferrersTag.add(this, repository, referrer);
  }

  @Override
  public void attach(ImageReference repository, Manifest referrer) {
    Digest unused =
        pushManifest(
            repository.withDigest(referrer.digest()), referrer.mediaType(), referrer.bytes());
  }

  @Override
  public List<Descriptor> referrers(ImageReference subject) {
    ImageReference located = settings.located(subject);
    return listings.referrers(located).orElseGet(() -> ReferrersTag.list(this, located));
  }

  @Override
  public List<String> tags(ImageReference repository) {
    return listings.tags(settings.located(repository));
  }

  @Override
  public boolean delete(ImageReference reference) {
    return manifests.delete(settings.located(reference));
  }

  @Override
  public void login(String registryHost, Credentials given) {
    withCredentials(host -> Optional.of(given)).verify(registryHost);
    credentials.store(registryHost, given);
    client.forget(registryHost);
  }

  private void verify(String registryHost) {
    ImageReference any = ImageReference.parse(registryHost + "/login");
    String what = "login to " + registryHost;
    HttpUrl base = hosts.base(any);
    Request http = new Request.Builder().url(hosts.version(any)).build();
    try (Response response = client.send(new RegistryRequest(http, any, Set.of(), what), base)) {
      if (!response.isSuccessful()) {
        throw RegistryErrors.refused(what, registryHost, response);
      }
    }
  }

  @Override
  public boolean logout(String registryHost) {
    client.forget(registryHost);
    return credentials.erase(registryHost);
  }

  /** Closes idle connections. It can still be used. */
  @Override
  public void close() {
    transport.close();
  }

  /** Not safe for use by several threads. */
  public static final class Builder {
    private CredentialSource credentials = UserCredentials.ofThisProcess();
    private Optional<Path> caCertificates = Optional.empty();
    private Map<String, String> proxy = System.getenv();
    private RetryPolicy retries = RetryPolicy.DEFAULT;
    private Consumer<String> warnings = warning -> {};
    private RedirectRules redirects = RedirectRules.DEFAULT;
    private RegistrySettings settings = RegistrySettings.defaults();

    private Builder() {}

    /** Default: {@link UserCredentials}. */
    @CanIgnoreReturnValue
    public Builder credentials(CredentialSource source) {
      this.credentials = source;
      return this;
    }

    /** A file of certificates in PEM to trust besides those of the Java runtime. */
    @CanIgnoreReturnValue
    public Builder trust(Path caCertificatesPem) {
      this.caCertificates = Optional.of(caCertificatesPem);
      return this;
    }

    /** {@code HTTP_PROXY} and kin; default: this process's environment. */
    @CanIgnoreReturnValue
    public Builder proxy(Map<String, String> variables) {
      this.proxy = Map.copyOf(variables);
      return this;
    }

    /** Mirrors, aliases, certificates and registries without proof of who they are. */
    @CanIgnoreReturnValue
    public Builder settings(RegistrySettings all) {
      this.settings = all;
      return this;
    }

    /** Told what registries warn of; default: nobody. */
    @CanIgnoreReturnValue
    public Builder warnings(Consumer<String> listener) {
      this.warnings = listener;
      return this;
    }

    @CanIgnoreReturnValue
    Builder retries(RetryPolicy policy) {
      this.retries = policy;
      return this;
    }

    @CanIgnoreReturnValue
    Builder redirects(RedirectRules rules) {
      this.redirects = rules;
      return this;
    }

    public HttpRegistry build() {
      Transport transport = new Transport(caCertificates, proxy, redirects, settings);
      return new HttpRegistry(transport, retries, credentials, settings, warnings);
    }
  }
}
