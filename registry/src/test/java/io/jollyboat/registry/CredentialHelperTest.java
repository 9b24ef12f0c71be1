package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jollyboat.Credentials;
import io.jollyboat.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialHelperTest {
  private static final Credentials TOKEN = Credentials.token(Secret.of("it's \"quoted\""));

  private final Path program;

  CredentialHelperTest(@TempDir Path directory) {
    program = directory.resolve("docker-credential-test");
  }

  private Optional<Credentials> ask(String script) throws IOException {
    Files.writeString(program, "#!/bin/sh\n" + script.replace('~', '"') + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return CredentialHelper.ask(program.toString(), "r.example");
  }

  private static String secret(Credentials credentials) {
    return new String(credentials.secret().reveal(), StandardCharsets.UTF_8);
  }

  @Test
  void ask_serverThatIsKnown_givesUserAndSecret() throws IOException {
    String script =
        "read server; test $1 = get || exit 2\n"
            + "printf '{~ServerURL~:~%s~,~Username~:~me~,~Secret~:~%s~}'"
            + " $server s-$server";
    Credentials found = ask(script).orElseThrow();
    assertEquals(Optional.of("me"), found.user());
    assertEquals("s-r.example", secret(found));
  }

  @Test
  void ask_identityToken_givesAToken() throws IOException {
    Credentials found = ask("echo '{~Username~:~<token>~,~Secret~:~abc~}'").orElseThrow();
    assertEquals(Optional.empty(), found.user());
    assertEquals("abc", secret(found));
  }

  @Test
  void ask_serverThatIsUnknown_givesNothing() throws IOException {
    assertEquals(Optional.empty(), ask("echo credentials not found in native keychain; exit 1"));
    assertEquals(Optional.empty(), ask("exit 1"));
  }

  @Test
  void ask_nonsense_fails() {
    assertThrows(IOException.class, () -> ask("echo nonsense"));
  }

  @Test
  void storeAndErase_tellTheHelper(@TempDir Path directory) throws IOException {
    Path kept = directory.resolve("kept");
    String script = "test $1 = get && exec cat " + kept + "\n[ $1 = erase ] && exec rm " + kept;
    CredentialHelper.storeBy(fixed(script + "\ncat > " + kept), "r.example", TOKEN);
    assertEquals("it's \"quoted\"", secret(ask(script + "\ncat > " + kept).orElseThrow()));
    CredentialHelper.eraseBy(program.toString(), "r.example");
    assertFalse(Files.exists(kept));
    IOException failed =
        assertThrows(
            IOException.class,
            () -> CredentialHelper.storeBy(fixed("cat >&2; exit 4"), "r.example", TOKEN));
    assertFalse(String.valueOf(failed.getMessage()).contains("quoted"), failed::toString);
  }

  private String fixed(String script) throws IOException {
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program.toString();
  }
}
