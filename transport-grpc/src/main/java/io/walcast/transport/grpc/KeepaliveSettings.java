// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ConfigurationException;
import java.time.Duration;

/**
 * How a server is noticed that is dead, or behind a connection that is: HTTP/2's PING.
 *
 * @param idle of how much silence it is sent; zero for never
 * @param timeout how long its answer may take
 */
record KeepaliveSettings(Duration idle, Duration timeout) {
    private static final int DEFAULT_IDLE_SECONDS = 30;
    private static final int DEFAULT_TIMEOUT_SECONDS = 20;
    /** More often is not polite, and gRPC will not. */
    private static final int LEAST_IDLE_SECONDS = 10;

    static KeepaliveSettings of(ParameterValues values) {
        int idle = values.integer(GrpcParameter.KEEPALIVE, DEFAULT_IDLE_SECONDS);
        if (idle != 0 && idle < LEAST_IDLE_SECONDS) {
            throw new ConfigurationException("invalid keepalive value: \"%d\" (expected: 0, or %d seconds or more)"
                    .formatted(idle, LEAST_IDLE_SECONDS));
        }
        int timeout = values.integer(GrpcParameter.KEEPALIVE_TIMEOUT, DEFAULT_TIMEOUT_SECONDS);
        if (timeout < 1) {
            throw new ConfigurationException(
                    "invalid keepalive_timeout value: \"%d\" (expected: 1 second or more)".formatted(timeout));
        }
        return new KeepaliveSettings(Duration.ofSeconds(idle), Duration.ofSeconds(timeout));
    }

    boolean isOn() {
        return !idle.isZero();
    }
}
