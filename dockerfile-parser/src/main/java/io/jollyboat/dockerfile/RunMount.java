package io.jollyboat.dockerfile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code --mount=type=…,key=value,…} of RUN. The readers need literal values: call {@link
 * Run#expanded} first.
 *
 * @param options by their first names: {@code target source from readonly id sharing required size
 *     mode uid gid env}; values are expanded, but that of {@code from}
 */
public record RunMount(Type type, Map<String, Word> options) {

  /** {@code type}. */
  public enum Type {
    BIND,
    CACHE,
    TMPFS,
    SECRET,
    SSH
  }

  /** Who may use a cache at the same time. */
  public enum Sharing {
    SHARED,
    PRIVATE,
    LOCKED
  }

  public RunMount {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    MountOptions.check(type, options);
  }

  public static RunMount bind(String target) {
    return new RunMount(Type.BIND, Map.of("target", Word.literal(target)));
  }

  public static RunMount cache(String target) {
    return new RunMount(Type.CACHE, Map.of("target", Word.literal(target)));
  }

  public static RunMount tmpfs(String target) {
    return new RunMount(Type.TMPFS, Map.of("target", Word.literal(target)));
  }

  public static RunMount secret(String id) {
    return new RunMount(Type.SECRET, Map.of("id", Word.literal(id)));
  }

  public static RunMount ssh() {
    return new RunMount(Type.SSH, Map.of());
  }

  public RunMount target(String path) {
    return with("target", path);
  }

  public RunMount source(String path) {
    return with("source", path);
  }

  /** The stage or image that it shows a part of. */
  public RunMount from(String stage) {
    return with("from", stage);
  }

  public RunMount id(String id) {
    return with("id", id);
  }

  public RunMount sharing(Sharing mode) {
    return with("sharing", mode.name().toLowerCase(Locale.ROOT));
  }

  public RunMount readOnly(boolean value) {
    return with("readonly", String.valueOf(value));
  }

  public RunMount required() {
    return with("required", "true");
  }

  /** The owner of a cache, a secret or an agent's socket. */
  public RunMount owner(int uid, int gid) {
    return with("uid", String.valueOf(uid)).with("gid", String.valueOf(gid));
  }

  /** The permission bits of a cache, a secret or an agent's socket. */
  public RunMount mode(int permissions) {
    return with("mode", "0" + Integer.toOctalString(permissions));
  }

  /** How much a tmpfs holds at most. */
  public RunMount size(long bytes) {
    return with("size", String.valueOf(bytes));
  }

  /** The environment variable that holds a secret. */
  public RunMount env(String variable) {
    return with("env", variable);
  }

  /** Any option by its name. */
  public RunMount with(String name, String value) {
    Map<String, Word> more = new LinkedHashMap<>(options);
    more.put(name, Word.literal(value));
    return new RunMount(type, more);
  }

  public Optional<String> target() {
    return option("target");
  }

  public Optional<String> source() {
    return option("source");
  }

  public Optional<String> from() {
    return option("from");
  }

  public Optional<String> id() {
    return option("id");
  }

  public Optional<String> env() {
    return option("env");
  }

  /** {@link Sharing#SHARED} when not said. */
  public Sharing sharing() {
    return option("sharing")
        .map(s -> Sharing.valueOf(s.toUpperCase(Locale.ROOT)))
        .orElse(Sharing.SHARED);
  }

  /** True for a bind that does not say otherwise. */
  public boolean readOnly() {
    return option("readonly").map(MountOptions::isTrue).orElse(type == Type.BIND);
  }

  public boolean isRequired() {
    return option("required").map(MountOptions::isTrue).orElse(false);
  }

  /** An option's value, e.g. {@code mode}, {@code uid}, {@code size}. */
  public Optional<String> option(String name) {
    return Optional.ofNullable(options.get(name)).map(Word::value);
  }

  RunMount expanded(Expansion expansion) {
    Map<String, Word> expanded = new LinkedHashMap<>();
    options.forEach((k, v) -> expanded.put(k, k.equals("from") ? v : expansion.word(v)));
    return new RunMount(type, expanded);
  }

  /** {@code type=cache,target=/root/.npm}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("type=").append(type.name().toLowerCase(Locale.ROOT));
    options.forEach((k, v) -> text.append(',').append(MountOptions.field(k + "=" + v.raw())));
    return text.toString();
  }
}
