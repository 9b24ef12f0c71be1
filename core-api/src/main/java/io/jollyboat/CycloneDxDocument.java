package io.jollyboat;

import io.jollyboat.oci.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A list of packages as CycloneDX 1.5 has it in JSON. */
final class CycloneDxDocument {
  private final PackageList list;

  CycloneDxDocument(PackageList list) {
    this.list = list;
  }

  String json() {
    List<Object> components = new ArrayList<>();
    if (!list.system().isEmpty()) {
      components.add(system());
    }
    for (int i = 0; i < list.packages().size(); i++) {
      components.add(component(list.packages().get(i), i + 1));
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("bomFormat", "CycloneDX");
    document.put("specVersion", "1.5");
    document.put("serialNumber", "urn:uuid:" + serial(components));
    document.put("version", 1);
    document.put("metadata", metadata());
    document.put("components", components);
    return JsonText.write(document);
  }

  /** Of the content, so that the same image gives the same document. */
  private UUID serial(List<Object> components) {
    String content = list.image() + JsonText.write(Map.of("components", components));
    return UUID.nameUUIDFromBytes(content.getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, Object> metadata() {
    Map<String, Object> tool = new LinkedHashMap<>();
    tool.put("type", "application");
    tool.put("name", "jollyboat");
    Map<String, Object> image = new LinkedHashMap<>();
    image.put("type", "container");
    image.put("bom-ref", "image");
    image.put("name", list.image().toString());
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("timestamp", list.created().truncatedTo(ChronoUnit.SECONDS).toString());
    metadata.put("tools", Map.of("components", List.of(tool)));
    metadata.put("component", image);
    List<Object> properties = new ArrayList<>();
    list.unread().forEach(note -> properties.add(property("jollyboat:unread", note)));
    if (!properties.isEmpty()) {
      metadata.put("properties", properties);
    }
    return metadata;
  }

  private Map<String, Object> system() {
    int dash = list.system().lastIndexOf('-');
    Map<String, Object> system = new LinkedHashMap<>();
    system.put("type", "operating-system");
    system.put("bom-ref", "system");
    system.put("name", dash < 0 ? list.system() : list.system().substring(0, dash));
    if (dash >= 0) {
      system.put("version", list.system().substring(dash + 1));
    }
    return system;
  }

  private Map<String, Object> component(InstalledPackage found, int number) {
    Map<String, Object> component = new LinkedHashMap<>();
    component.put("type", "library");
    component.put("bom-ref", "package-" + number);
    if (!found.group().isEmpty()) {
      component.put("group", found.group());
    }
    component.put("name", found.name());
    component.put("version", found.version());
    found
        .license()
        .ifPresent(
            text -> component.put("licenses", List.of(Map.of("license", Map.of("name", text)))));
    component.put("purl", found.purl(list.system()));
    List<Object> properties = new ArrayList<>();
    properties.add(property("jollyboat:path", found.path()));
    found.origin().ifPresent(source -> properties.add(property("jollyboat:origin", source)));
    component.put("properties", properties);
    return component;
  }

  private static Map<String, Object> property(String name, String value) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("name", name);
    property.put("value", value);
    return property;
  }
}
