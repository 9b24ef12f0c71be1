package io.jollyboat.engine;

import static io.jollyboat.engine.ResourcesText.bytes;
import static io.jollyboat.engine.ResourcesText.size;
import static io.jollyboat.engine.RightsText.array;
import static io.jollyboat.engine.RightsText.pairs;
import static io.jollyboat.engine.RightsText.some;

import io.jollyboat.ContainerSpec;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.LogLimit;
import io.jollyboat.NamespaceMode;
import io.jollyboat.NetworkMode;
import io.jollyboat.PullPolicy;
import io.jollyboat.RestartPolicy;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.dockerfile.Healthcheck;
import io.jollyboat.oci.Digest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The text form of a container's specification, in which it is kept for the next engine. What is
 * said is kept, and nothing else; of a recipe the image that was built of it.
 */
final class SpecText {
  private static final String VERSION = "specification 1\n";
  private static final String REFERENCE = "reference";
  private static final String IMAGE = "image";
  private static final String SANDBOX = "sandbox";

  private SpecText() {}

  static final TextForm<ContainerSpec> FORM =
      new TextForm<ContainerSpec>()
          .word("name", ContainerSpec::name, ContainerSpec::name)
          .words("entrypoint", ContainerSpec::entrypoint, (s, w) -> s.entrypoint(array(w)))
          .words("command", ContainerSpec::command, (s, w) -> s.command(array(w)))
          .each("env", s -> pairs(s.env()), (s, w) -> s.env(w.get(0), w.get(1)))
          .word("workdir", ContainerSpec::workdir, ContainerSpec::workdir)
          .word("user", ContainerSpec::user, ContainerSpec::user)
          .words("groups", s -> some(s.groups()), (s, w) -> s.groups(array(w)))
          .word("hostname", ContainerSpec::hostname, ContainerSpec::hostname)
          .word("domainname", ContainerSpec::domainname, ContainerSpec::domainname)
          .each("host", SpecText::hosts, (s, w) -> s.host(w.get(0), address(w.get(1))))
          .each("label", s -> pairs(s.labels()), (s, w) -> s.label(w.get(0), w.get(1)))
          .each("publish", SpecText::ports, SpecText::publish)
          .each(
              "mount",
              s -> s.mounts().stream().map(MountText::print).toList(),
              (s, w) -> s.mount(MountText.read(w)))
          .word("network", s -> Optional.of(s.network()), (s, w) -> s.network(NetworkMode.parse(w)))
          .words("namespaces", SpecText::namespaces, SpecText::namespaces)
          .part("resources", ContainerSpec::resources, ResourcesText.FORM, ContainerSpec::resources)
          .part("rights", ContainerSpec::rights, RightsText.FORM, ContainerSpec::rights)
          .each("ulimit", SpecText::ulimits, SpecText::ulimit)
          .word("shm", s -> bytes(s.shm()), (s, w) -> s.shm(size(w)))
          .word("root-size", s -> bytes(s.rootSize()), (s, w) -> s.rootSize(size(w)))
          .flag("read-only-root", ContainerSpec::rootIsReadOnly, ContainerSpec::readOnlyRoot)
          .word("time-limit", ContainerSpec::timeLimit, (s, w) -> s.timeLimit(Duration.parse(w)))
          .words(
              "ready-when",
              s -> s.readyWhen().map(WaitText::print),
              (s, w) -> s.readyWhen(WaitText.read(w)))
          .word("stop-signal", ContainerSpec::stopSignal, ContainerSpec::stopSignal)
          .word(
              "stop-timeout",
              ContainerSpec::stopTimeout,
              (s, w) -> s.stopTimeout(Duration.parse(w)))
          .word("health", ContainerSpec::health, (s, w) -> s.health(health(w)))
          .word(
              "restart", s -> Optional.of(s.restart()), (s, w) -> s.restart(RestartPolicy.parse(w)))
          .words(
              "logs",
              s ->
                  s.logs()
                      .map(
                          limit ->
                              List.of(
                                  Long.toString(limit.file().bytes()),
                                  Integer.toString(limit.files()))),
              (s, w) -> s.logs(new LogLimit(size(w.get(0)), Integer.parseInt(w.get(1)))))
          .flag("init", ContainerSpec::hasInit, ContainerSpec::init)
          .flag("tty", ContainerSpec::hasTerminal, ContainerSpec::tty)
          .flag("interactive", ContainerSpec::stdinOpen, ContainerSpec::interactive)
          .flag("detached", ContainerSpec::outlivesEngine, ContainerSpec::detached)
          .word("pull", s -> Optional.of(s.pull().name()), (s, w) -> s.pull(PullPolicy.valueOf(w)));

  /**
   * @param image what the specification's source was found to be
   */
  static String print(ContainerSpec spec, ImageId image) {
    String source =
        spec.source() instanceof ContainerSpec.Source.Reference reference
            ? REFERENCE + " " + reference.name()
            : (spec.sandboxed() ? SANDBOX : IMAGE) + " " + image;
    return VERSION + source + "\n" + FORM.print(spec);
  }

  /**
   * @throws IllegalArgumentException if it was written by a version that can say more
   */
  static ContainerSpec read(String text) {
    if (!text.startsWith(VERSION)) {
      throw new IllegalArgumentException("not a specification as this version writes it");
    }
    String rest = text.substring(VERSION.length());
    int end = rest.indexOf('\n');
    String[] source = rest.substring(0, end).split(" ", 2);
    return FORM.read(source(source[0], source[1]), rest.substring(end + 1));
  }

  private static ContainerSpec source(String kind, String text) {
    return switch (kind) {
      case REFERENCE -> ContainerSpec.of(text);
      case IMAGE -> ContainerSpec.of(image(text));
      case SANDBOX -> ContainerSpec.sandbox(Image.from(image(text)));
      default -> throw new IllegalArgumentException("there is no source " + kind);
    };
  }

  private static ImageId image(String text) {
    return new ImageId(Digest.parse(text));
  }

  private static Collection<List<String>> hosts(ContainerSpec spec) {
    List<List<String>> lines = new ArrayList<>();
    spec.hosts().forEach((name, address) -> lines.add(List.of(name, address.getHostAddress())));
    return lines;
  }

  private static Collection<List<String>> ports(ContainerSpec spec) {
    return spec.ports().stream()
        .map(
            port ->
                List.of(
                    port.host().getAddress().getHostAddress(),
                    Integer.toString(port.host().getPort()),
                    Integer.toString(port.containerPort())))
        .toList();
  }

  private static ContainerSpec publish(ContainerSpec spec, List<String> words) {
    InetSocketAddress host =
        new InetSocketAddress(address(words.get(0)), Integer.parseInt(words.get(1)));
    return spec.publish(host, Integer.parseInt(words.get(2)));
  }

  /** Of a number in text, for which no name server is asked. */
  static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + text, e);
    }
  }

  private static Optional<List<String>> namespaces(ContainerSpec spec) {
    return Optional.of(
        List.of(
            spec.namespaces().pid().toString(),
            spec.namespaces().ipc().toString(),
            spec.namespaces().uts().toString(),
            spec.namespaces().cgroup().toString()));
  }

  private static ContainerSpec namespaces(ContainerSpec spec, List<String> words) {
    return spec.namespaces(
        own ->
            own.pid(NamespaceMode.parse(words.get(0)))
                .ipc(NamespaceMode.parse(words.get(1)))
                .uts(NamespaceMode.parse(words.get(2)))
                .cgroup(NamespaceMode.parse(words.get(3))));
  }

  private static Collection<List<String>> ulimits(ContainerSpec spec) {
    return spec.ulimits().values().stream()
        .map(l -> List.of(l.name(), Long.toString(l.soft()), Long.toString(l.hard())))
        .toList();
  }

  private static ContainerSpec ulimit(ContainerSpec spec, List<String> words) {
    return spec.ulimit(words.get(0), Long.parseLong(words.get(1)), Long.parseLong(words.get(2)));
  }

  /** It is an instruction, whose text is the value. */
  private static Healthcheck health(String text) {
    return Dockerfile.parse("FROM scratch\n" + text + "\n").stages().get(0).instructions().stream()
        .filter(Healthcheck.class::isInstance)
        .map(Healthcheck.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("not a health check: " + text));
  }
}
