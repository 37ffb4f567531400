// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

/**
 * The WAL of a comparison.
 *
 * @param start where it begins, the start of a segment
 * @param end where it ends
 * @param server the version of the server that wrote it
 */
record WalRange(String start, String end, String server) {
    static WalRange of(WalSource source) {
        return new WalRange(source.start().toString(), source.end().toString(), source.serverVersion());
    }
}
