package io.jollyboat.engine;

import io.jollyboat.Engine;
import io.jollyboat.Event;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells listeners what happens to containers: in order, one call at a time, on a thread that is
 * there only while there is something to tell. Safe for use by several threads.
 */
final class EventFeed implements AutoCloseable {
  private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
  private final ThreadPoolExecutor teller;

  EventFeed() {
    teller =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "jollyboat events");
              thread.setDaemon(true);
              return thread;
            });
    teller.allowCoreThreadTimeOut(true);
  }

  /** Adds a listener until the result is closed. */
  Engine.Subscription add(Consumer<Event> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  void tell(Event.Kind kind, ContainerRecord record, Map<String, String> facts) {
    if (listeners.isEmpty()) {
      return;
    }
    Event event = new Event(Instant.now(), kind, record.id(), record.name(), facts);
    try {
      teller.execute(() -> tellAll(event));
    } catch (RejectedExecutionException e) {
      return; // the engine is closed: nobody listens any more
    }
  }

  void tell(Event.Kind kind, ContainerRecord record) {
    tell(kind, record, Map.of());
  }

  /** A listener that throws is not told any more: nothing else may suffer from it. */
  private void tellAll(Event event) {
    for (Consumer<Event> listener : List.copyOf(listeners)) {
      try {
        listener.accept(event);
      } catch (RuntimeException e) {
        listeners.remove(listener);
        System.getLogger(EventFeed.class.getName())
            .log(System.Logger.Level.WARNING, "a listener to events failed and is removed", e);
      }
    }
  }

  /** What was told before is heard; nothing is told after. */
  @Override
  public void close() {
    teller.shutdown();
  }
}
