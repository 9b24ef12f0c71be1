package io.jollyboat;

import io.jollyboat.oci.json.JsonText;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A list of packages as SPDX 2.3 has it in JSON: one package for the image, which contains the
 * others.
 */
final class SpdxDocument {
  private static final String NOT_SAID = "NOASSERTION";
  private static final String IMAGE = "SPDXRef-Image";

  private final PackageList list;

  SpdxDocument(PackageList list) {
    this.list = list;
  }

  String json() {
    String name = "image-" + list.image().digest().hex();
    List<Object> packages = new ArrayList<>();
    List<Object> relations = new ArrayList<>();
    packages.add(image(name));
    relations.add(relation("SPDXRef-DOCUMENT", "DESCRIBES", IMAGE));
    for (int i = 0; i < list.packages().size(); i++) {
      String id = "SPDXRef-Package-" + (i + 1);
      packages.add(described(list.packages().get(i), id));
      relations.add(relation(IMAGE, "CONTAINS", id));
    }
    Map<String, Object> creation = new LinkedHashMap<>();
    creation.put("created", list.created().truncatedTo(ChronoUnit.SECONDS).toString());
    creation.put("creators", List.of("Tool: jollyboat"));
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("spdxVersion", "SPDX-2.3");
    document.put("dataLicense", "CC0-1.0");
    document.put("SPDXID", "SPDXRef-DOCUMENT");
    document.put("name", name);
    document.put("documentNamespace", "urn:jollyboat:sbom:sha256:" + list.image().digest().hex());
    document.put("creationInfo", creation);
    if (!list.unread().isEmpty()) {
      document.put("comment", "Not read: " + String.join("; ", list.unread()));
    }
    document.put("packages", packages);
    document.put("relationships", relations);
    return JsonText.write(document);
  }

  private Map<String, Object> image(String name) {
    Map<String, Object> image = start(name, IMAGE);
    image.put("primaryPackagePurpose", "CONTAINER");
    Map<String, Object> checksum = new LinkedHashMap<>();
    checksum.put("algorithm", "SHA256");
    checksum.put("checksumValue", list.image().digest().hex());
    image.put("checksums", List.of(checksum));
    image.put("comment", "The checksum is that of the image's configuration, its id.");
    return image;
  }

  private Map<String, Object> described(InstalledPackage found, String id) {
    String name = found.group().isEmpty() ? found.name() : joined(found);
    Map<String, Object> described = start(name, id);
    described.put("versionInfo", found.version());
    described.put("sourceInfo", "found in " + found.path());
    found.license().ifPresent(text -> described.put("licenseComments", "declared: " + text));
    found.origin().ifPresent(source -> described.put("comment", "built from " + source));
    Map<String, Object> reference = new LinkedHashMap<>();
    reference.put("referenceCategory", "PACKAGE-MANAGER");
    reference.put("referenceType", "purl");
    reference.put("referenceLocator", found.purl(list.system()));
    described.put("externalRefs", List.of(reference));
    return described;
  }

  private static String joined(InstalledPackage found) {
    String separator = found.kind() == InstalledPackage.Kind.MAVEN ? ":" : "/";
    return found.group() + separator + found.name();
  }

  private static Map<String, Object> start(String name, String id) {
    Map<String, Object> start = new LinkedHashMap<>();
    start.put("name", name);
    start.put("SPDXID", id);
    start.put("downloadLocation", NOT_SAID);
    start.put("filesAnalyzed", false);
    start.put("licenseConcluded", NOT_SAID);
    start.put("licenseDeclared", NOT_SAID);
    start.put("copyrightText", NOT_SAID);
    return start;
  }

  private static Map<String, Object> relation(String from, String type, String to) {
    Map<String, Object> relation = new LinkedHashMap<>();
    relation.put("spdxElementId", from);
    relation.put("relationshipType", type);
    relation.put("relatedSpdxElement", to);
    return relation;
  }
}
