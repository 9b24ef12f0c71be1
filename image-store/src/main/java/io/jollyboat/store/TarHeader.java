package io.jollyboat.store;

import java.time.Instant;
import java.util.SortedMap;

/**
 * One member of a tar archive, extended headers applied. Names are as {@link
 * io.jollyboat.spi.host.FileNames} decodes them, and otherwise as the archive has them.
 *
 * @param type the type flag; {@code '0'} for all regular files, sparse ones too
 * @param size of the content as it is to be read, holes filled
 */
record TarHeader(
    String name,
    char type,
    int mode,
    long uid,
    long gid,
    Instant modified,
    long size,
    String link,
    int major,
    int minor,
    SortedMap<String, byte[]> xattrs) {}
