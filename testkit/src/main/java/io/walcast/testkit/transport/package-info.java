// SPDX-License-Identifier: Apache-2.0

/**
 * What a transport proves itself with: a contract of test cases, the script that the far end follows in them, and a
 * transport in memory that is complete enough to pass them.
 *
 * <p>Depends on wal-core, JUnit, AssertJ and Awaitility. Scripts are written by the test and read by the primary's
 * threads; what the primary saw is safe to read from any thread.
 */
@NullMarked
package io.walcast.testkit.transport;

import org.jspecify.annotations.NullMarked;
