package io.jollyboat.engine;

import io.jollyboat.StoreException;
import io.jollyboat.linux.network.PublishedPort;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the next engine has to know of a detached container's start beside its monitor's socket, in
 * the file {@code run} of its directory. Immutable.
 */
record RunFile(List<PublishedPort> ports, Optional<Inet4Address> address) {
  private static final String FILE = "run";

  /** Of a start that is over; and the order not to start it again. */
  private static final List<String> OF_A_START = List.of(FILE, "exit", "oom", "stopped");

  RunFile {
    ports = List.copyOf(ports);
  }

  /** Forgets the last start. */
  static void clear(Path directory) {
    try {
      for (String file : OF_A_START) {
        Files.deleteIfExists(directory.resolve(file));
      }
    } catch (IOException e) {
      throw new StoreException("cannot clear " + directory + ": " + e, e);
    }
  }

  void write(Path directory) {
    StringBuilder text = new StringBuilder();
    address.ifPresent(own -> text.append("address ").append(own.getHostAddress()).append('\n'));
    for (PublishedPort port : ports) {
      text.append("port ").append(port.host().getAddress().getHostAddress()).append(' ');
      text.append(port.host().getPort()).append(' ').append(port.containerPort()).append('\n');
    }
    try {
      Path staged = Files.writeString(directory.resolve(FILE + ".new"), text);
      Files.move(staged, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StoreException("cannot write below " + directory + ": " + e, e);
    }
  }

  /** Nothing of a container that was never started. */
  static Optional<RunFile> read(Path directory) {
    List<PublishedPort> ports = new ArrayList<>();
    Optional<Inet4Address> address = Optional.empty();
    try {
      for (String line : Files.readAllLines(directory.resolve(FILE))) {
        String[] words = line.split(" ");
        if (words[0].equals("address")) {
          address = Optional.of((Inet4Address) SpecText.address(words[1]));
        } else {
          InetSocketAddress host =
              new InetSocketAddress(SpecText.address(words[1]), Integer.parseInt(words[2]));
          ports.add(new PublishedPort(host, Integer.parseInt(words[3])));
        }
      }
      return Optional.of(new RunFile(ports, address));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      throw new StoreException("the start of " + directory + " cannot be read: " + e, e);
    }
  }

  /** Differs from start to start; nothing of a container that is just being started. */
  static Optional<String> key(Path directory) {
    try {
      BasicFileAttributes file =
          Files.readAttributes(directory.resolve(FILE), BasicFileAttributes.class);
      return Optional.of(file.fileKey() + " " + file.lastModifiedTime());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Says something of a start by a file: {@code oom}, {@code stopped}. */
  static void mark(Path directory, String what) {
    try {
      Files.writeString(directory.resolve(what), "");
    } catch (IOException e) {
      throw new StoreException("cannot write below " + directory + ": " + e, e);
    }
  }

  static boolean isMarked(Path directory, String what) {
    return Files.exists(directory.resolve(what));
  }
}
