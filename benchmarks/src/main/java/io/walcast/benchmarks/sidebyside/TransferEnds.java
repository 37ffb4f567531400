// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

/**
 * Who sends WAL to whom, and how.
 *
 * @param label what that is called in reports
 * @param server who sends
 * @param receiver who receives
 * @param conninfo where the receiver finds the server
 */
record TransferEnds(String label, WalServer server, Receiver receiver, String conninfo) {}
