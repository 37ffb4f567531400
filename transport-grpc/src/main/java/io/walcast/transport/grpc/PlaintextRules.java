// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ConnectOptions.Policy;
import java.util.List;

/** Where a connection without TLS may go to. */
final class PlaintextRules {
    private PlaintextRules() {}

    static void check(ParameterValues values, Policy policy) {
        for (GrpcParameter parameter : GrpcParameter.values()) {
            if (parameter.isOfTls() && values.isWritten(parameter)) {
                throw new ConfigurationException(
                        "%s means nothing without TLS (use grpcs://)".formatted(parameter.word()));
            }
        }
        boolean isWanted = values.choice(GrpcParameter.PLAINTEXT, "no", List.of("yes", "no"))
                .equals("yes");
        for (GrpcHost host : values.conninfo().hosts()) {
            if (!host.isLoopback() && policy == Policy.STRICT) {
                throw new ConfigurationException(
                        "host \"%s\" is not reached without encryption: the policy is strict (use grpcs://)"
                                .formatted(host.name()));
            }
            if (!host.isLoopback() && !isWanted) {
                throw new ConfigurationException(
                        "host \"%s\" is not reached without encryption (use grpcs://, or say plaintext=yes)"
                                .formatted(host.name()));
            }
        }
    }
}
