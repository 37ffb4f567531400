// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.testkit.MissingGroups;
import io.walcast.testkit.postgres.PostgresBinaries;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
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

    /** Those whose binaries the build has; one that was never built for this kind of machine is named at its end. */
    final class Majors implements ArgumentsProvider {
        private static final int OLDEST = 14;

        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            List<Integer> majors = PostgresBinaries.majors();
            if (!majors.contains(OLDEST)) {
                MissingGroups.ofBuild()
                        .addImpossible("PostgreSQL " + OLDEST, "no binaries for " + System.getProperty("os.arch"));
            }
            return majors.stream().map(Arguments::of);
        }
    }
}
