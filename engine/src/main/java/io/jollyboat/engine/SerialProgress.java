package io.jollyboat.engine;

import io.jollyboat.ContainerId;
import io.jollyboat.ImageId;
import io.jollyboat.Progress;
import io.jollyboat.Size;
import io.jollyboat.oci.Digest;

/**
 * Gives a listener one call at a time, whatever the threads of an operation do. Safe for use by
 * several threads.
 */
final class SerialProgress implements Progress {
  private final Progress listener;

  SerialProgress(Progress listener) {
    this.listener = listener;
  }

  @Override
  public boolean stagesInOrder() {
    return listener.stagesInOrder();
  }

  @Override
  public synchronized void operationEnded() {
    listener.operationEnded();
  }

  @Override
  public synchronized void stepStarted(Step step) {
    listener.stepStarted(step);
  }

  @Override
  public synchronized void stepRunning(Step step, ContainerId container) {
    listener.stepRunning(step, container);
  }

  @Override
  public synchronized void stepOutput(Step step, String text) {
    listener.stepOutput(step, text);
  }

  @Override
  public synchronized void stepFinished(Step step, ImageId image, boolean cached) {
    listener.stepFinished(step, image, cached);
  }

  @Override
  public synchronized void built(ImageId image) {
    listener.built(image);
  }

  @Override
  public synchronized void tagged(String reference) {
    listener.tagged(reference);
  }

  @Override
  public synchronized void transferStarted(String reference, boolean push) {
    listener.transferStarted(reference, push);
  }

  @Override
  public synchronized void transfer(Transfer transfer) {
    listener.transfer(transfer);
  }

  @Override
  public synchronized void transferFinished(
      String reference, boolean push, Digest digest, Size size) {
    listener.transferFinished(reference, push, digest, size);
  }

  @Override
  public synchronized void warning(String message) {
    listener.warning(message);
  }
}
