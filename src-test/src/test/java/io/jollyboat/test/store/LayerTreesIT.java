package io.jollyboat.test.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContentException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.Layer;
import io.jollyboat.store.NewLayer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Layers of real archives: what GNU tar packs and unpacks, and what hostile hands make. */
final class LayerTreesIT extends StoreFixture {
  private Path makeTree() throws IOException {
    Path tree = Files.createDirectory(directory.resolve("tree"));
    shell(
        """
        cd "$1"
        umask 022
        mkdir -p usr/bin etc/deep/er var/tmp empty
        chmod 1777 var/tmp
        head -c 300000 /dev/urandom > usr/bin/tool
        chown 12:3456789 usr/bin/tool
        chmod 6755 usr/bin/tool
        ln usr/bin/tool usr/bin/same
        ln -s ../bin/tool usr/link
        ln -s /nowhere dangling
        chown -h 7:8 dangling
        echo text > etc/deep/er/file
        mknod usr/null c 1 3
        mknod usr/disk b 259 300
        mkfifo usr/pipe
        i=0; name=x; while [ $i -lt 12 ]; do name=$name/ddddddddddddddddddddddddddddddd; i=$((i+1)); done
        mkdir -p "$name"
        echo deep > "$name/file"
        : > 'ein Name mit ü und blank'
        : > "$(printf 'not-\\377-utf8')"
        truncate -s 50000 sparse
        echo end >> sparse
        """,
        tree);
    Xattrs.set(tree.resolve("etc/deep/er/file"), "user.note", new byte[] {0, (byte) 0xff});
    Xattrs.set(tree.resolve("etc"), "user.of-a-directory", new byte[] {1});
    Xattrs.set(tree.resolve("usr/bin/tool"), "security.capability", Xattrs.NET_RAW);
    shell("cd \"$1\"; find . -depth -exec touch -h -d @1400000000 {} +", tree);
    return tree;
  }

  @Test
  void receive_archiveOfGnuTar_isTheSameTree() throws IOException {
    Path tree = makeTree();
    String expected = facts(tree);
    String pax = "--xattrs --xattrs-include='*' --format=pax";
    for (String options : List.of(pax, "--format=gnu", pax + " -S", "--format=gnu -S")) {
      Path archive = directory.resolve("archive.tar");
      shell("tar -C \"$1\" " + options + " -cf \"$2\" .", tree, archive);
      Layer layer = receive(Files.readAllBytes(archive));
      assertEquals(expected, facts(layer.tree()), options);
      if (options.contains("pax")) {
        assertEquals(Xattrs.all(tree), Xattrs.all(layer.tree()));
      }
      store.close();
      store = openAt(directory.resolve("store for " + options.hashCode()));
    }
  }

  @Test
  void compressed_treeOfALayer_isReadByGnuTar() throws IOException {
    Path tree = makeTree();
    Layer layer;
    try (NewLayer changes = store.layers().begin()) {
      shell("cp -a \"$1\"/. \"$2\"/", tree, changes.diff());
      layer = store.layers().commit(changes, Optional.empty(), Optional.empty()).orElseThrow();
    }
    Descriptor blob = store.layers().compressed(layer);
    Path out = Files.createDirectory(directory.resolve("out"));
    Path file = store.blobs().find(blob.digest()).orElseThrow();
    shell("tar -C \"$1\" --xattrs -xpzf \"$2\"", out, file);
    assertEquals(facts(tree), facts(out));
    try (ImageStore second = openAt(directory.resolve("second"))) {
      Layer again =
          second
              .layers()
              .receive(
                  Optional.empty(),
                  layer.diffId(),
                  blob,
                  new ByteArrayInputStream(Files.readAllBytes(file)));
      assertEquals(facts(layer.tree()), facts(again.tree()));
      assertEquals(4, Xattrs.all(again.tree()).size());
      assertEquals(Xattrs.all(layer.tree()), Xattrs.all(again.tree()));
    }
  }

  @Test
  void commit_realOverlayChanges_hideAndReplace() throws IOException {
    Layer base =
        receive(
            tar("mkdir -p a/b c d/e; echo 1 > a/b/f; echo 2 > c/g; echo 3 > h; echo 4 > d/e/i"));
    Layer top;
    Path merged = Files.createDirectory(directory.resolve("merged"));
    try (NewLayer changes = store.layers().begin()) {
      shell(
          """
          unshare -m sh -euc '
            mount -t overlay overlay -o "lowerdir=$1,upperdir=$2,workdir=$3,redirect_dir=off,metacopy=off" "$4"
            cd "$4"
            rm -r a/b; rm h; rm -r c; mkdir c; echo new > c/new
            mv d/e/i d/moved; ln d/moved d/again
            mkdir brand-new; touch brand-new/x
          ' sh "$@"
          """,
          base.tree(),
          changes.diff(),
          changes.work(),
          merged);
      top =
          store
              .layers()
              .commit(changes, Optional.of(base.chainId()), Optional.of(Instant.ofEpochSecond(77)))
              .orElseThrow();
    }
    Descriptor blob = store.layers().compressed(top);
    String names = shell("tar -tzf \"$1\"", store.blobs().find(blob.digest()).orElseThrow());
    assertEquals(
        List.of(
            ".wh.h",
            "a/",
            "a/.wh.b",
            "brand-new/",
            "brand-new/x",
            "c/",
            "c/.wh..wh..opq",
            "c/new",
            "d/",
            "d/again",
            "d/e/",
            "d/e/.wh.i",
            "d/moved"),
        names.lines().toList());
    assertEquals("77.0000000000\n", shell("find \"$1\"/c/new -printf '%T@\\n'", top.tree()));
    String same = store.layers().compressed(top).digest().toString();
    assertEquals(blob.digest().toString(), same);
  }

  private byte[] tar(String script) throws IOException {
    Path tree = Files.createTempDirectory(directory, "tree");
    Path archive = directory.resolve(tree.getFileName() + ".tar");
    shell("cd \"$1\"; " + script + "; tar -cf \"$2\" .", tree, archive);
    return Files.readAllBytes(archive);
  }

  /** An archive of what several scripts leave, the later ones appended. */
  private byte[] hostile(String... scripts) throws IOException {
    Path archive = Files.createTempFile(directory, "hostile", ".tar");
    Files.delete(archive);
    for (String script : scripts) {
      Path tree = Files.createTempDirectory(directory, "tree");
      shell("cd \"$1\"; " + script + "; tar -P -rf \"$2\" *", tree, archive);
    }
    return Files.readAllBytes(archive);
  }

  @Test
  void receive_linksOutOfTheTree_writeNothingOutside() throws IOException {
    Path victim = Files.createDirectory(directory.resolve("victim"));
    Files.writeString(victim.resolve("file"), "untouched");
    String before = facts(victim);
    String up = "../../../../../../../../../../..";
    for (String target : List.of(victim.toString(), up + victim, "/proc/self/root" + victim)) {
      byte[] writeThrough =
          hostile("ln -s " + target + " door", "mkdir door; echo bad > door/file");
      byte[] writeOver = hostile("ln -s " + target + "/file door", "echo bad > door");
      byte[] chmodThrough = hostile("ln -s " + target + " door", "mkdir door; chmod 777 door");
      byte[] deleteThrough = hostile("ln -s " + target + " door", "mkdir door; : > door/.wh.file");
      byte[] opaque = hostile("ln -s " + target + " door", "mkdir door; : > door/.wh..wh..opq");
      for (byte[] archive : List.of(writeThrough, writeOver, chmodThrough, deleteThrough, opaque)) {
        Layer layer = receive(archive);
        assertEquals(before, facts(victim), target);
        assertFalse(Files.isSymbolicLink(layer.tree().resolve("door")));
      }
      // Without a directory entry of its own the parent is the link, which leads nowhere inside.
      byte[] together = join(hostile("ln -s " + target + " door"), fileOnly());
      assertThrows(ContentException.class, () -> receive(together), target);
      assertEquals(before, facts(victim), target);
    }
  }

  /** An archive whose one member is {@code door/file}. */
  private byte[] fileOnly() throws IOException {
    Path tree = Files.createTempDirectory(directory, "tree");
    Path archive = directory.resolve(tree.getFileName() + ".tar");
    shell("cd \"$1\"; mkdir door; echo bad > door/file; tar -cf \"$2\" door/file", tree, archive);
    return Files.readAllBytes(archive);
  }

  /** One archive of the members of several. */
  private byte[] join(byte[]... archives) throws IOException {
    Path joined = Files.createTempFile(directory, "joined", ".tar");
    Files.write(joined, archives[0]);
    for (int i = 1; i < archives.length; i++) {
      Path more = Files.createTempFile(directory, "more", ".tar");
      Files.write(more, archives[i]);
      shell("tar -Af \"$1\" \"$2\"", joined, more);
    }
    return Files.readAllBytes(joined);
  }

  @Test
  void receive_hardLinkOut_isRefused() throws IOException {
    Path victim = Files.createDirectory(directory.resolve("victim"));
    Files.writeString(victim.resolve("file"), "untouched");
    byte[] archive = hostile("ln -s " + victim + " door", "echo x > target; ln target zlink");
    // The name of the link's target, as long as the other one, is exchanged in the archive.
    byte[] renamed = exchange(archive, "target", "door/f");
    assertThrows(ContentException.class, () -> receive(renamed));
    assertEquals(1, Files.getAttribute(victim.resolve("file"), "unix:nlink"));
  }

  private static byte[] exchange(byte[] archive, String from, String to) {
    String text = new String(archive, java.nio.charset.StandardCharsets.ISO_8859_1);
    int at = text.lastIndexOf(from);
    byte[] changed = archive.clone();
    int block = at / 512 * 512;
    int sum = 0;
    for (int i = 0; i < to.length(); i++) {
      sum += to.charAt(i) - from.charAt(i);
      changed[at + i] = (byte) to.charAt(i);
    }
    int old = Integer.parseInt(text.substring(block + 148, block + 154), 8);
    byte[] digits =
        String.format("%06o", old + sum).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, changed, block + 148, 6);
    return changed;
  }

  @Test
  void receive_devicesOverAndUnder_areWrittenAsSuch() throws IOException {
    Layer layer = receive(hostile("ln -s /dev/null n", "mknod n c 1 3", "rm -f n; echo x > n"));
    assertEquals("x\n", Files.readString(layer.tree().resolve("n")));
    assertTrue(Files.isRegularFile(layer.tree().resolve("n"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void receive_overlayMarksInXattrs_areDropped() throws IOException {
    Path tree = Files.createDirectory(directory.resolve("marks"));
    shell("cd \"$1\"; mkdir d; echo x > f", tree);
    Xattrs.set(tree.resolve("d"), "trusted.overlay.opaque", new byte[] {'y'});
    Xattrs.set(tree.resolve("f"), "trusted.overlay.redirect", new byte[] {'/'});
    Xattrs.set(tree.resolve("f"), "user.overlay.metacopy", new byte[] {});
    Xattrs.set(tree.resolve("f"), "user.ok", new byte[] {1});
    Path archive = directory.resolve("marks.tar");
    shell("tar -C \"$1\" --xattrs --xattrs-include='*' -cf \"$2\" .", tree, archive);
    assertEquals(4, Xattrs.all(tree).size());
    Layer layer = receive(Files.readAllBytes(archive));
    assertEquals(List.of("f user.ok 01"), Xattrs.all(layer.tree()));
  }
}
