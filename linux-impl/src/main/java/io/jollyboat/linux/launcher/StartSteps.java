package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Fd;
import java.util.ArrayList;
import java.util.List;

/**
 * A start in steps, with others' work in between, added to a list of operations. All of it before
 * {@link OperationsBuilder#workingDirectory}, which closes the descriptors. Not safe for use by
 * several threads.
 */
public final class StartSteps {

  private final OperationsBuilder operations;

  /** Adds to {@code operations}. */
  public StartSteps(OperationsBuilder operations) {
    this.operations = operations;
  }

  /**
   * Becomes root of the user namespace that the process was born in: until then it is root of the
   * host to files. Before anything is mounted that shows who owns it.
   *
   * @param uidMap lines of user_namespaces(7), with one for id 0
   */
  public void beMapped(String uidMap, String gidMap) {
    operations.add(OperationCode.BE_MAPPED, "map ids", 1, 0, 0, uidMap, gidMap);
  }

  /**
   * Fails where there is no program to execute, as {@link OperationsBuilder#execute} would. After
   * {@link OperationsBuilder#pivot}.
   *
   * @param name as it was asked for
   * @param paths that it may have, absolute
   */
  public void findProgram(String name, List<String> paths) {
    operations.add(
        OperationCode.FIND_PROGRAM,
        "execute " + name,
        paths.size(),
        0,
        0,
        paths.toArray(String[]::new));
  }

  /** Reports CALL and waits for {@link Launched#go}. */
  public void call() {
    operations.add(OperationCode.CALL, "wait for the caller", 0, 0, 0);
  }

  /**
   * Reports READY and waits until somebody connects and sends the order, as {@link StartOrder}
   * does. With {@link LaunchRequest#leave} the monitor ends now.
   *
   * @param listener of the type SOCK_SEQPACKET
   */
  public void awaitStart(Fd listener) {
    operations.add(
        OperationCode.AWAIT_START, "wait for the start", operations.pass(listener), 0, 0);
  }

  /**
   * Runs a program to its end, in the namespaces and the root of this moment. Its failure is an
   * error number of {@link #EXIT_STATUS} and its exit status.
   *
   * @param path absolute
   * @param arguments from {@code argv[0]} on
   * @param environment {@code NAME=value} each
   * @param seconds that it may take, 0 for any
   * @param streams standard input, read from its start, and standard output and error
   */
  public void hook(
      String path,
      List<String> arguments,
      List<String> environment,
      int seconds,
      HookStreams streams) {
    List<String> words = new ArrayList<>(List.of(path));
    words.addAll(arguments);
    int count = words.size();
    words.addAll(environment);
    long place = streams.place(operations) | (long) seconds << 32;
    operations.add(
        OperationCode.HOOK,
        "run hook " + path,
        count,
        environment.size(),
        place,
        words.toArray(String[]::new));
  }

  /**
   * Who is told of system calls, by a filter that is loaded with SECCOMP_FILTER_FLAG_NEW_LISTENER:
   * gets the filter's descriptor. Before {@link #preserve} and {@link
   * OperationsBuilder#workingDirectory}.
   *
   * @param connection to that process
   * @param message what it is sent with the descriptor, at most 65536 bytes
   */
  public void listener(Fd connection, Fd message) {
    long first = operations.pass(connection);
    operations.pass(message);
    operations.add(OperationCode.LISTENER, "read the listener's message", first, 0, 0);
  }

  /**
   * The program has these as its descriptors 3 and up. After all that uses descriptors, right
   * before {@link OperationsBuilder#workingDirectory}.
   */
  public void preserve(List<Fd> descriptors) {
    if (descriptors.isEmpty()) {
      return;
    }
    long first = operations.pass(descriptors.get(0));
    descriptors.subList(1, descriptors.size()).forEach(operations::pass);
    String name = "preserve descriptors";
    operations.add(OperationCode.PRESERVE, name, first, descriptors.size(), 0);
  }

  /** The error number of a hook that ended with status 0, if there were such an error. */
  public static final int EXIT_STATUS = 0x1000;

  /** Two open files that all hooks of a start share. Not safe for use by several threads. */
  public static final class HookStreams {

    private final Fd input;
    private final Fd output;
    private long place = -1;

    public HookStreams(Fd input, Fd output) {
      this.input = input;
      this.output = output;
    }

    private long place(OperationsBuilder operations) {
      if (place < 0) {
        place = operations.pass(input);
        operations.pass(output);
      }
      return place;
    }
  }
}
