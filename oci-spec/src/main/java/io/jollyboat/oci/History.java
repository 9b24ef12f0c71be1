package io.jollyboat.oci;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How one layer, or one change of the configuration alone, came about: OCI image-spec, config,
 * "history". Texts are empty where there is none. Immutable.
 *
 * @param emptyLayer whether it changed the configuration alone
 */
@CheckReturnValue
public record History(
    Optional<Instant> created,
    String createdBy,
    String author,
    String comment,
    boolean emptyLayer) {
  /** Of a layer made at that time by that instruction. */
  public static History of(Instant created, String createdBy) {
    return new History(Optional.of(created), createdBy, "", "", false);
  }

  /** Of an instruction that made no layer. */
  public static History empty(Instant created, String createdBy) {
    return new History(Optional.of(created), createdBy, "", "", true);
  }

  public History withAuthor(String newAuthor) {
    return new History(created, createdBy, newAuthor, comment, emptyLayer);
  }

  public History withComment(String newComment) {
    return new History(created, createdBy, author, newComment, emptyLayer);
  }

  /** The same instruction in an image whose layers were put together otherwise. */
  public History withoutLayer() {
    return new History(created, createdBy, author, comment, true);
  }

  static History read(JsonObject json) {
    return new History(
        json.instant("created"),
        json.string("created_by").orElse(""),
        json.string("author").orElse(""),
        json.string("comment").orElse(""),
        json.bool("empty_layer"));
  }

  Map<String, Object> toJson() {
    JsonObject json = JsonObject.empty("history");
    json.set("created", created.map(Instant::toString));
    json.set("created_by", createdBy);
    json.set("author", author);
    json.set("comment", comment);
    json.set("empty_layer", emptyLayer);
    return json.members();
  }
}
