package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jollyboat.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerConfigCredentialsTest {
  private final Path directory;

  DockerConfigCredentialsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Optional<String> find(String config, String host) throws IOException {
    Path file = directory.resolve("config.json");
    Files.writeString(file, config.replace('\'', '"'));
    return new DockerConfigCredentials(file).find(host).map(DockerConfigCredentialsTest::show);
  }

  private static String show(Credentials credentials) {
    return credentials + "/" + new String(credentials.secret().reveal(), StandardCharsets.UTF_8);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void find_auth_isDecoded() throws IOException {
    String config = "{'auths':{'r.example:5000':{'auth':'" + base64("me:a:b") + "'}}}";
    assertEquals(Optional.of("user me/a:b"), find(config, "r.example:5000"));
    assertEquals(Optional.empty(), find(config, "r.example"));
  }

  @Test
  void find_keyWithSchemeAndPath_matchesTheHost() throws IOException {
    String config = "{'auths':{'https://r.example/v1/':{'username':'u','password':'p'}}}";
    assertEquals(Optional.of("user u/p"), find(config, "r.example"));
  }

  @Test
  void find_hub_goesByItsOldName() throws IOException {
    String config = "{'auths':{'https://index.docker.io/v1/':{'auth':'" + base64("u:p") + "'}}}";
    assertEquals(Optional.of("user u/p"), find(config, "docker.io"));
  }

  @Test
  void find_identityToken_winsOverThePassword() throws IOException {
    String config = "{'auths':{'r.example':{'auth':'" + base64("u:") + "','identitytoken':'t'}}}";
    assertEquals(Optional.of("token/t"), find(config, "r.example"));
  }

  @Test
  void find_brokenOrMissingFile_isEmpty() throws IOException {
    assertEquals(Optional.empty(), find("{'auths':", "r.example"));
    assertEquals(Optional.empty(), find("{'auths':{'r.example':{'auth':'%%%'}}}", "r.example"));
    assertEquals(Optional.empty(), find("{'auths':{'r.example':{}}}", "r.example"));
    Path missing = directory.resolve("missing.json");
    assertEquals(Optional.empty(), new DockerConfigCredentials(missing).find("r.example"));
  }

  @Test
  void find_helperThatIsMissingOrMisnamed_fallsBackToTheFile() throws IOException {
    String auths = "'auths':{'r.example':{'auth':'" + base64("u:p") + "'}}";
    String config = "{'credsStore':'jollyboat-no-such-helper'," + auths + "}";
    assertEquals(Optional.of("user u/p"), find(config, "r.example"));
    String hostile = "{'credHelpers':{'r.example':'../../bin/sh'}," + auths + "}";
    assertEquals(Optional.of("user u/p"), find(hostile, "r.example"));
  }
}
