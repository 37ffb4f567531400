// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

/**
 * What is asked of TCP; 0 leaves the system's default.
 *
 * @param keepAlive whether the system probes a silent peer
 * @param idleSeconds silence before the first probe
 * @param intervalSeconds time between probes
 * @param count lost probes before the connection is given up
 * @param userTimeoutMs how long sent data may stay unacknowledged
 */
record SocketSettings(boolean keepAlive, int idleSeconds, int intervalSeconds, int count, int userTimeoutMs) {
    static SocketSettings of(ConninfoValues values) {
        return new SocketSettings(
                values.integer(ConninfoKeyword.KEEPALIVES, 1) != 0,
                positive(values, ConninfoKeyword.KEEPALIVES_IDLE),
                positive(values, ConninfoKeyword.KEEPALIVES_INTERVAL),
                positive(values, ConninfoKeyword.KEEPALIVES_COUNT),
                positive(values, ConninfoKeyword.TCP_USER_TIMEOUT));
    }

    /** Negative means the default, as libpq. */
    private static int positive(ConninfoValues values, ConninfoKeyword keyword) {
        return Math.max(0, values.integer(keyword, 0));
    }
}
