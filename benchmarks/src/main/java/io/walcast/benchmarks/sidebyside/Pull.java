// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

/** What clients do at a server while it is measured. */
interface Pull {

    /** Makes ready. */
    void prepare();

    /**
     * Pulls the whole range, as often as there are clients.
     *
     * @return how many seconds that took
     */
    double pull(WalServer server);

    /**
     * Checks that the right bytes came.
     *
     * @throws MeasurementException if not
     */
    void verify(WalServer server);

    /** Returns how much WAL all clients get together. */
    long bytes();

    /** Returns how many clients there are. */
    int clients();
}
