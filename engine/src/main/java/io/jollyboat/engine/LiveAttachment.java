package io.jollyboat.engine;

import io.jollyboat.Attachment;
import io.jollyboat.linux.process.MonitoredProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** What is written to a container's log from now on, and its input. */
final class LiveAttachment implements Attachment {
  private final Supplier<OutputStream> stdin;
  private final InputStream stdout;
  private final InputStream stderr;

  /**
   * @param stdin asked for when it is needed, for there may be none
   */
  LiveAttachment(MonitoredProcess process, Supplier<OutputStream> stdin) {
    this.stdin = stdin;
    this.stdout = process.log().stdoutFromNow();
    this.stderr =
        process.hasTerminal() ? InputStream.nullInputStream() : process.log().stderrFromNow();
  }

  @Override
  public OutputStream stdin() {
    return stdin.get();
  }

  @Override
  public InputStream stdout() {
    return stdout;
  }

  @Override
  public InputStream stderr() {
    return stderr;
  }

  @Override
  public void close() {
    try (stdout;
        stderr) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
