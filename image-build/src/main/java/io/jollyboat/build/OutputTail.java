package io.jollyboat.build;

import io.jollyboat.spi.host.StepRunner.StepOutput;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * What a step prints, as text in whole characters, and the last of it. Not safe for use by several
 * threads.
 */
final class OutputTail implements StepOutput {
  private static final int KEPT = 64 << 10;

  private final Consumer<String> listener;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final StringBuilder tail = new StringBuilder();
  private ByteBuffer rest = ByteBuffer.allocate(0);

  OutputTail(Consumer<String> listener) {
    this.listener = listener;
  }

  @Override
  public void print(byte[] bytes, int length) {
    ByteBuffer in = ByteBuffer.allocate(rest.remaining() + length);
    in.put(rest).put(bytes, 0, length).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, out, false);
    rest = in.slice();
    say(out.flip().toString());
  }

  /** The last of it, once nothing more comes. */
  String end() {
    CharBuffer out = CharBuffer.allocate(rest.remaining() + 4);
    decoder.decode(rest, out, true);
    decoder.flush(out);
    say(out.flip().toString());
    if (tail.length() > KEPT) {
      trim();
    }
    return tail.toString();
  }

  private void say(String text) {
    if (text.isEmpty()) {
      return;
    }
    tail.append(text);
    if (tail.length() > 2 * KEPT) {
      trim();
    }
    listener.accept(text);
  }

  private void trim() {
    int from = tail.length() - KEPT;
    if (Character.isLowSurrogate(tail.charAt(from))) {
      from++;
    }
    tail.delete(0, from);
  }
}
