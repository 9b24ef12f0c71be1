package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.ContainerState.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Which containers are meant: those that satisfy all that was said. Immutable. */
@CheckReturnValue
public final class ContainerFilter {
  private final List<Predicate<Container>> conditions;

  private ContainerFilter(List<Predicate<Container>> conditions) {
    this.conditions = List.copyOf(conditions);
  }

  /** Every container. */
  public static ContainerFilter all() {
    return new ContainerFilter(List.of());
  }

  /** Those in one of these states. */
  public ContainerFilter status(Status... any) {
    Set<Status> wanted = Set.of(any);
    return and(container -> wanted.contains(container.state().status()));
  }

  /** Those whose name contains a text. */
  public ContainerFilter name(String part) {
    return and(container -> container.name().contains(part));
  }

  /** Those with a label, whatever it says. */
  public ContainerFilter label(String name) {
    return and(container -> container.spec().labels().containsKey(name));
  }

  /** Those with a label that says this. */
  public ContainerFilter label(String name, String value) {
    return and(container -> value.equals(container.spec().labels().get(name)));
  }

  /** Those of an image. */
  public ContainerFilter image(ImageId image) {
    return and(container -> container.image().equals(image));
  }

  /** Those that ended with a code. */
  public ContainerFilter exited(int code) {
    return and(
        container -> container.state().exit().filter(exit -> exit.code() == code).isPresent());
  }

  /** Those whose health check says this. */
  public ContainerFilter health(Health.Status status) {
    return and(
        container ->
            container.state().health().filter(health -> health.status() == status).isPresent());
  }

  private ContainerFilter and(Predicate<Container> condition) {
    List<Predicate<Container>> all = new ArrayList<>(conditions);
    all.add(condition);
    return new ContainerFilter(all);
  }

  /** Whether a container satisfies all conditions. */
  public boolean matches(Container container) {
    return conditions.stream().allMatch(condition -> condition.test(container));
  }
}
