package io.jollyboat.test;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of tests against the real kernel, a real registry and real images: needs root, shares one
 * {@link RegistryProcess} that holds the {@link TestImages} (a parameter of that type receives it),
 * and fails every test that leaves something behind.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith({RequiresRoot.class, SharedRegistry.class, LeakCheck.class})
public @interface IntegrationTest {}
