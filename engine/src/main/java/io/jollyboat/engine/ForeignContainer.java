package io.jollyboat.engine;

import io.jollyboat.Attachment;
import io.jollyboat.CommitSpec;
import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerId;
import io.jollyboat.ContainerProcess;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ContainerState;
import io.jollyboat.ExecResult;
import io.jollyboat.ExecSpec;
import io.jollyboat.ExitStatus;
import io.jollyboat.FileChange;
import io.jollyboat.ImageId;
import io.jollyboat.LogQuery;
import io.jollyboat.LogStream;
import io.jollyboat.ProcessSnapshot;
import io.jollyboat.Resources;
import io.jollyboat.Stats;
import io.jollyboat.StoredImage;
import io.jollyboat.Wait;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A container of another engine on this root, known by its record: it can be seen, and only its own
 * engine can do anything with it. Immutable.
 */
final class ForeignContainer implements Container {
  private final ContainerRecord record;

  ForeignContainer(ContainerRecord record) {
    this.record = record;
  }

  @Override
  public ContainerId id() {
    return record.id();
  }

  @Override
  public String name() {
    return record.name();
  }

  @Override
  public ContainerSpec spec() {
    return ContainerSpec.of(record.image()).name(record.name());
  }

  @Override
  public boolean running() {
    return true; // its engine removes the record when it ends
  }

  @Override
  public ImageId image() {
    return record.image();
  }

  @Override
  public Instant created() {
    return record.created();
  }

  @Override
  public ContainerState state() {
    return new ContainerState(
        ContainerState.Status.RUNNING,
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty());
  }

  @Override
  public void start() {
    throw foreign();
  }

  @Override
  public InetSocketAddress address(int containerPort) {
    throw foreign();
  }

  @Override
  public void await(Wait condition) {
    throw foreign();
  }

  @Override
  public ExitStatus awaitExit() {
    throw foreign();
  }

  @Override
  public ExitStatus awaitExit(Duration timeout) {
    throw foreign();
  }

  @Override
  public ExecResult exec(String... words) {
    throw foreign();
  }

  @Override
  public ContainerProcess exec(ExecSpec command) {
    throw foreign();
  }

  @Override
  public Attachment attach() {
    throw foreign();
  }

  @Override
  public void resize(int rows, int columns) {
    throw foreign();
  }

  @Override
  public List<ProcessSnapshot> top() {
    throw foreign();
  }

  @Override
  public OutputStream stdin() {
    throw foreign();
  }

  @Override
  public InputStream stdout() {
    throw foreign();
  }

  @Override
  public InputStream stderr() {
    throw foreign();
  }

  @Override
  public String logs() {
    throw foreign();
  }

  @Override
  public LogStream logs(LogQuery query) {
    throw foreign();
  }

  @Override
  public ExitStatus stop() {
    throw foreign();
  }

  @Override
  public ExitStatus stop(Duration grace) {
    throw foreign();
  }

  @Override
  public void restart() {
    throw foreign();
  }

  @Override
  public void restart(Duration grace) {
    throw foreign();
  }

  @Override
  public void rename(String name) {
    throw foreign();
  }

  @Override
  public void remove() {
    throw foreign();
  }

  @Override
  public void kill(String signal) {
    throw foreign();
  }

  @Override
  public void update(UnaryOperator<Resources> change) {
    throw foreign();
  }

  @Override
  public void pause() {
    throw foreign();
  }

  @Override
  public void unpause() {
    throw foreign();
  }

  @Override
  public Stats stats() {
    throw foreign();
  }

  @Override
  public Stream<Stats> stats(Duration interval) {
    throw foreign();
  }

  @Override
  public void copyTo(InputStream tar, String directory) {
    throw foreign();
  }

  @Override
  public void copyTo(Path host, String path) {
    throw foreign();
  }

  @Override
  public InputStream copyFrom(String path) {
    throw foreign();
  }

  @Override
  public void copyFrom(String path, Path host) {
    throw foreign();
  }

  @Override
  public List<FileChange> diff() {
    throw foreign();
  }

  @Override
  public StoredImage commit(UnaryOperator<CommitSpec> options) {
    throw foreign();
  }

  @Override
  public InputStream export() {
    throw foreign();
  }

  @Override
  public void close() {}

  private ConflictException foreign() {
    return new ConflictException(
        "container "
            + record.name()
            + " belongs to engine "
            + record.engine()
            + ", in another process or closed: only that engine can do this",
        record.name());
  }
}
