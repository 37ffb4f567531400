// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** A test that runs once for each major version of PostgreSQL that we support, and takes it as its parameter. */
@ArgumentsSource(EachMajor.Majors.class)
@ParameterizedTest(name = "PostgreSQL {0}")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface EachMajor {

    /** 14 to 18; 14 was never built for ARM. */
    final class Majors implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            int first = "aarch64".equals(System.getProperty("os.arch")) ? 15 : 14;
            return IntStream.rangeClosed(first, 18).mapToObj(Arguments::of);
        }
    }
}
