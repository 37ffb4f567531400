// SPDX-License-Identifier: Apache-2.0
/**
 * Real PostgreSQL servers of several major versions, the load on them, their own tools, and the comparison of what was
 * received with what they hold.
 *
 * <p>The servers are unpacked from binaries on disk or on the class path; nothing is downloaded. Depends on a PostgreSQL
 * JDBC driver and on Commons Compress, on no test framework. A server and its options may be used from any thread.
 */
@NullMarked
package io.walcast.testkit.postgres;

import org.jspecify.annotations.NullMarked;
