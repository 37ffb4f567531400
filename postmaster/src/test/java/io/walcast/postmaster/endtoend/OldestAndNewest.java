// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A test that runs for the oldest and the newest major version of PostgreSQL that we support. */
@ParameterizedTest(name = "PostgreSQL {0}")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@ValueSource(ints = {14, 18})
@interface OldestAndNewest {}
