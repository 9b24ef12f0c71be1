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
import java.util.function.Predicate;
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

  /** Takes what one page has, and says how many entries there are so far. */
  private interface PageReader {
    int read(byte[] page) throws IOException;
  }

  List<String> tags(ImageReference repository) {
    Set<String> tags = new TreeSet<>();
    String what = "listing the tags of " + repository.repository();
    HttpUrl url = hosts.repository(repository, "tags/list");
    boolean unused =
        pages(
            new Listing(repository, what, r -> r.code() != 404),
            url,
            page -> {
              for (Object tag : RegistryJson.array(RegistryJson.parse(page), "tags")) {
                tags.add(RegistryErrors.clean(String.valueOf(tag)));
              }
              return tags.size();
            });
    return List.copyOf(tags);
  }

  /** Empty when the registry has no list of referrers. */
  Optional<List<Descriptor>> referrers(ImageReference subject) {
    List<Descriptor> all = new ArrayList<>();
    String digest = subject.digest().map(Digest::toString).orElseThrow();
    String what = "listing what refers to " + subject;
    boolean known =
        pages(
            new Listing(subject, what, Listings::isOfReferrers),
            hosts.repository(subject, "referrers/" + digest),
            page -> {
              all.addAll(Index.parse(page).manifests());
              return all.size();
            });
    return known ? Optional.of(List.copyOf(all)) : Optional.empty();
  }

  /** Other answers come from registries, or what is before them, that do not know the question. */
  private static boolean isOfReferrers(Response response) {
    String type = MediaType.withoutParameters(response.header("Content-Type", ""));
    return response.isSuccessful()
        ? MediaType.isIndex(type)
        : !NO_SUCH_API.contains(response.code());
  }

  /**
   * What is listed.
   *
   * @param known whether the first answer is one to this question
   */
  private record Listing(ImageReference repository, String what, Predicate<Response> known) {}

  /** Whether there is such a list: all of it has been read then. */
  private boolean pages(Listing listing, HttpUrl first, PageReader reader) {
    HttpUrl url = first;
    for (int page = 0; page < MAX_PAGES; page++) {
      try (Response response = send(listing.repository(), url, listing.what())) {
        if (page == 0 && !listing.known().test(response)) {
          return false;
        }
        if (!response.isSuccessful()) {
          throw RegistryErrors.refused(listing.what(), listing.repository().domain(), response);
        }
        read(listing, response, reader);
        HttpUrl next = next(response);
        if (next == null) {
          return true;
        }
        url = next;
      }
    }
    throw wrong(listing, "its list does not end after " + MAX_PAGES + " pages", null);
  }

  private static void read(Listing listing, Response response, PageReader reader) {
    byte[] page;
    try {
      page = response.body().byteStream().readNBytes(MAX_PAGE + 1);
    } catch (IOException e) {
      Interrupts.check(listing.what(), e);
      throw RegistryErrors.unreachable(listing.what(), listing.repository().domain(), e);
    }
    try {
      if (page.length > MAX_PAGE || reader.read(page) > MAX_ENTRIES) {
        throw wrong(listing, "its list has more than " + MAX_ENTRIES + " entries", null);
      }
    } catch (IOException | OciFormatException e) {
      String why = RegistryErrors.clean(String.valueOf(e.getMessage()));
      throw wrong(listing, "its list cannot be read: " + why, e);
    }
  }

  private static RegistryException wrong(Listing listing, String why, @Nullable Throwable cause) {
    return new RegistryException(
        listing.what()
            + " failed: registry "
            + listing.repository().domain()
            + " answered wrongly: "
            + why,
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
