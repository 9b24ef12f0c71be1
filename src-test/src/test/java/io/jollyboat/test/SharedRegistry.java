package io.jollyboat.test;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One registry with the test images for all classes of a run: tests add names of their own and
 * change none. {@code -Dtest.images} names fewer, where pushing all takes long.
 */
final class SharedRegistry implements BeforeAllCallback, ParameterResolver {
  private static final String IMAGES =
      System.getProperty(
          "test.images", String.join(",", TestImages.BUSYBOX, TestImages.DEBIAN, TestImages.NODE));

  private static final Namespace NAMESPACE = Namespace.create(SharedRegistry.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    registry(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RegistryProcess.class;
  }

  @Override
  public RegistryProcess resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return registry(context);
  }

  private static RegistryProcess registry(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent("registry", key -> start(), RegistryProcess.class);
  }

  private static RegistryProcess start() {
    TestImages images = TestImages.make();
    RegistryProcess registry = RegistryProcess.start();
    for (String name : IMAGES.split(",", -1)) {
      images.push(name, registry);
    }
    return registry;
  }
}
