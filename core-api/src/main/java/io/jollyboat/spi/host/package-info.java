/**
 * The seams between Jollyboat's own modules: what the store and the build ask of the machine. Users
 * plug in nothing here; see {@link io.jollyboat.spi}.
 *
 * <p>Paths inside a tree are relative, separated by {@code /}, without a leading slash, and never
 * contain {@code .} or {@code ..} components; the empty string is the root. A file name is bytes:
 * those that are not UTF-8 travel as the lone surrogates of {@link
 * io.jollyboat.spi.host.FileNames}.
 */
@NullMarked
package io.jollyboat.spi.host;

import org.jspecify.annotations.NullMarked;
