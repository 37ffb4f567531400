// SPDX-License-Identifier: Apache-2.0
/**
 * What tests of Walcast and of its plugins stand on: real PostgreSQL servers, scripted peers and transport contracts.
 *
 * <p>Depends on {@code wal-core} and on JUnit and AssertJ, which the tests that use it bring along.
 */
@NullMarked
package io.walcast.testkit;

import org.jspecify.annotations.NullMarked;
