// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.server;

import io.walcast.auth.AccessDecision;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AuthMethod;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import java.net.InetAddress;

/** What those are told who are not let in, in PostgreSQL's words. Stateless. */
public final class LoginErrors {
    private LoginErrors() {}

    /** Returns that there are as many sessions already as there may be. */
    public static ErrorFields tooManyClients() {
        return fatal(SqlState.TOO_MANY_CONNECTIONS, "sorry, too many clients already");
    }

    /** Returns that the rules ask for a certificate and none was shown. */
    public static ErrorFields certificateMissing() {
        return fatal(SqlState.INVALID_AUTHORIZATION, "connection requires a valid client certificate");
    }

    /** Returns that the proof which {@code method} asks for is wrong. */
    public static ErrorFields failed(AuthMethod method, String user) {
        String message = switch (method) {
            case SCRAM_SHA_256 -> "password authentication failed for user \"%s\"";
            case CERT -> "certificate authentication failed for user \"%s\"";
            case TRUST -> "\"trust\" authentication failed for user \"%s\"";
            case REJECT -> "authentication failed for user \"%s\": host rejected";
        };
        SqlState state =
                method == AuthMethod.SCRAM_SHA_256 ? SqlState.INVALID_PASSWORD : SqlState.INVALID_AUTHORIZATION;
        return fatal(state, message.formatted(user));
    }

    /** Returns that the rules refuse {@code request}, or have nothing to say about it. */
    public static ErrorFields rejected(AccessRequest request, AccessDecision decision) {
        InetAddress address = request.address();
        String host = address == null ? "[local]" : address.getHostAddress();
        String encryption = request.encrypted() ? "SSL encryption" : "no encryption";
        String database = request.database();
        if (database == null) {
            String form = decision.explicit()
                    ? "pg_hba.conf rejects replication connection for host \"%s\", user \"%s\", %s"
                    : "no pg_hba.conf entry for replication connection from host \"%s\", user \"%s\", %s";
            return fatal(SqlState.INVALID_AUTHORIZATION, form.formatted(host, request.user(), encryption));
        }
        String form = decision.explicit()
                ? "pg_hba.conf rejects connection for host \"%s\", user \"%s\", database \"%s\", %s"
                : "no pg_hba.conf entry for host \"%s\", user \"%s\", database \"%s\", %s";
        return fatal(SqlState.INVALID_AUTHORIZATION, form.formatted(host, request.user(), database, encryption));
    }

    private static ErrorFields fatal(SqlState state, String message) {
        return new ErrorFields("FATAL", state, message, null, null);
    }
}
