package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitAddressTest {
  @ParameterizedTest
  @CsvSource({
    "https://host/x.git, https://host/x.git, '', ''",
    "https://host/x.git#v1, https://host/x.git, v1, ''",
    "http://host/x.git#v1:a/b, http://host/x.git, v1, a/b",
    "https://host/x.git#:a/../b/, https://host/x.git, '', b",
    "git@host:me/x.git#main, git@host:me/x.git, main, ''",
    "ssh://git@host:22/x, ssh://git@host:22/x, '', ''",
    "git://host/x#feature/y, git://host/x, feature/y, ''",
    "https://host/x.git?ref=v2&subdir=d, https://host/x.git, v2, d",
    "https://host/x.git?tag=v2, https://host/x.git, refs/tags/v2, ''",
    "https://host/x.git?branch=main, https://host/x.git, refs/heads/main, ''",
    "https://host/x.git?checksum=abc123, https://host/x.git, abc123, ''",
  })
  void parse_address_hasItsParts(String text, String remote, String ref, String directory) {
    GitAddress address = GitAddress.parse(text).orElseThrow();
    assertEquals(remote, address.remote());
    assertEquals(ref, address.ref());
    assertEquals(directory, address.directory());
  }

  @Test
  void parse_flags_areRead() {
    GitAddress address =
        GitAddress.parse("https://h/x.git?keep-git-dir=true&submodules=false").orElseThrow();
    assertEquals(Optional.of(true), address.keepGitDir());
    assertFalse(address.submodules());
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://host/x", "https://host/x#y", "./x.git", "a/b", "file:///x.git"})
  void parse_otherSources_areNone(String text) {
    assertEquals(Optional.empty(), GitAddress.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://host/x.git#--upload-pack=evil",
        "https://host/x.git?ref=a&tag=b",
        "https://host/x.git?unknown=1",
        "https://host/x.git?ref=",
        "https://host/x.git?checksum=zz",
        "git@host:x#a b"
      })
  void parse_whatGitMustNotSee_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> GitAddress.parse(text));
  }
}
