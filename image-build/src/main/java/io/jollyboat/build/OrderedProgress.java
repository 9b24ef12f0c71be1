package io.jollyboat.build;

import io.jollyboat.ContainerId;
import io.jollyboat.ImageId;
import io.jollyboat.Progress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Lets stages that run at the same time report as if they ran one after the other: the first one
 * that is not finished is heard at once, those behind it when it has ended. Safe for use by several
 * threads.
 */
final class OrderedProgress {
  private final Progress target;
  private final List<Queue<Runnable>> waiting = new ArrayList<>();
  private final List<Boolean> ended = new ArrayList<>();
  private int front;

  OrderedProgress(Progress target, int stages) {
    this.target = target;
    for (int i = 0; i < stages; i++) {
      waiting.add(new ArrayDeque<>());
      ended.add(false);
    }
  }

  /** The reports of one stage. */
  Progress stage(int index) {
    return new Line(index);
  }

  /** No more reports come from a stage. */
  synchronized void end(int index) {
    ended.set(index, true);
    while (front < ended.size() && ended.get(front)) {
      front++;
      if (front < ended.size()) {
        drain(front);
      }
    }
  }

  /** Says what a stage has reported so far, because the build ends with it. */
  synchronized void flush(int index) {
    if (index > front) {
      drain(index);
    }
  }

  private void drain(int index) {
    Queue<Runnable> queue = waiting.get(index);
    while (!queue.isEmpty()) {
      queue.remove().run();
    }
  }

  private synchronized void report(int index, Runnable event) {
    if (index <= front || !target.stagesInOrder()) {
      event.run();
    } else {
      waiting.get(index).add(event);
    }
  }

  private final class Line implements Progress {
    private final int index;

    Line(int index) {
      this.index = index;
    }

    @Override
    public void stepStarted(Step step) {
      report(index, () -> target.stepStarted(step));
    }

    @Override
    public void stepRunning(Step step, ContainerId container) {
      report(index, () -> target.stepRunning(step, container));
    }

    @Override
    public void stepOutput(Step step, String text) {
      report(index, () -> target.stepOutput(step, text));
    }

    @Override
    public void stepFinished(Step step, ImageId image, boolean cached) {
      report(index, () -> target.stepFinished(step, image, cached));
    }

    @Override
    public void warning(String message) {
      report(index, () -> target.warning(message));
    }
  }
}
