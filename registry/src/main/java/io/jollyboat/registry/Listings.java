package io.jollyboat.registry;

import io.jollyboat.RegistryException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.OciFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What registries tell page by page: distribution-spec, "Listing Tags" and "Listing Referrers". A
 * registry that never ends is stopped.
 */
final class Listings {
  private static final int MAX_PAGE = 8 * 1024 * 1024;
  private static final int MAX_PAGES = 1000;
  private static final int MAX_ENTRIES = 100_000;
  private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;.*rel=\"?next\"?.*");

  /** The ways in which registries say that they know of no such address. */
  private static final Set<Integer> NO_SUCH_API = Set.of(400, 404, 405);

  private final RegistryClient client;
  private final RegistryHosts hosts;

  Listings(RegistryClient client, RegistryHosts hosts) {
    this.client = client;
    this.hosts = hosts;
  }

  /** Takes what one page has, and says whether it could. */
  private interface PageReader {
    boolean read(Response response, byte[] page) throws IOException;
  }

  List<String> tags(ImageReference repository) {
    Set<String> tags = new TreeSet<>();
    String what = "listing the tags of " + repository.repository();
    boolean unused =
        pages(
            repository,
            hosts.repository(repository, "tags/list"),
            what,
            Set.of(404),
            (response, page) -> {
              for (Object tag : RegistryJson.array(RegistryJson.parse(page), "tags")) {
                tags.add(RegistryErrors.clean(String.valueOf(tag)));
              }
              return tags.size() <= MAX_ENTRIES;
            });
    return List.copyOf(tags);
  }

  /** Empty when the registry has no list of referrers. */
  Optional<List<Descriptor>> referrers(ImageReference subject) {
    List<Descriptor> all = new ArrayList<>();
    String digest = subject.digest().map(Digest::toString).orElseThrow();
    boolean known =
        pages(
            subject,
            hosts.repository(subject, "referrers/" + digest),
            "listing what refers to " + subject,
            NO_SUCH_API,
            (response, page) -> {
              String type = MediaType.withoutParameters(response.header("Content-Type", ""));
              if (!MediaType.isIndex(type)) {
                return false;
              }
              all.addAll(Index.parse(page).manifests());
              return all.size() <= MAX_ENTRIES;
            });
    return known ? Optional.of(List.copyOf(all)) : Optional.empty();
  }

  private boolean pages(
      ImageReference repository, HttpUrl first, String what, Set<Integer> none, PageReader reader) {
    HttpUrl url = first;
    for (int page = 0; page < MAX_PAGES; page++) {
      try (Response response = send(repository, url, what)) {
        if (none.contains(response.code())) {
          return false;
        }
        if (!response.isSuccessful()) {
          throw RegistryErrors.refused(what, repository.domain(), response);
        }
        if (!reader.read(response, response.body().byteStream().readNBytes(MAX_PAGE + 1))) {
          return false;
        }
        HttpUrl next = next(response);
        if (next == null) {
          return true;
        }
        url = next;
      } catch (IOException e) {
        Interrupts.check(what, e);
        throw RegistryErrors.unreachable(what, repository.domain(), e);
      } catch (OciFormatException e) {
        throw wrong(what, repository, "its answer cannot be read: " + e.getMessage(), e);
      }
    }
    throw wrong(what, repository, "its list does not end after " + MAX_PAGES + " pages", null);
  }

  private static RegistryException wrong(
      String what, ImageReference repository, String why, @Nullable Throwable cause) {
    return new RegistryException(
        what + " failed: registry " + repository.domain() + " answered wrongly: " + why,
        200,
        List.of(),
        Optional.empty(),
        cause);
  }

  private Response send(ImageReference repository, HttpUrl url, String what) {
    Request http =
        new Request.Builder()
            .url(url)
            .header("Accept", MediaType.OCI_INDEX + ", application/json")
            .header("Accept-Encoding", "identity")
            .build();
    RegistryRequest request = new RegistryRequest(http, repository, Scopes.pull(repository), what);
    return client.send(request, hosts.base(repository));
  }

  /** Where the next page is: RFC 8288. One at another host is none. */
  private static @Nullable HttpUrl next(Response response) {
    Matcher link = NEXT.matcher(response.header("Link", ""));
    HttpUrl here = response.request().url();
    HttpUrl next = link.matches() ? here.resolve(link.group(1)) : null;
    return next != null && Transport.sameOrigin(here, next) ? next : null;
  }
}
