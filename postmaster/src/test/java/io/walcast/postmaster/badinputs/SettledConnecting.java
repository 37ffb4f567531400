// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.postmaster.badinputs.SettledExceptions.Instead;
import java.util.List;

/** Those of {@link SettledExceptions} that are about connecting to a server: mostly what libpq does. */
final class SettledConnecting {
    private static final String LIBPQ = "as libpq, whose defaults and rules count for a conninfo";
    private static final String ONCE_A_MINUTE = "drop connection, retry once a minute";
    private static final String SLOWLY = "an account whose log-ins fail may be locked: they are tried less often";

    static final List<Instead> ALL = List.of(
            conninfo("(keyword|password) twice", "accept", "", "", LIBPQ),
            conninfo("1,000 hosts", "accept", "", "", LIBPQ),
            conninfo("connect_timeout (-5|1e9)", "accept", "", "", LIBPQ),
            conninfo("replication=off .*", "accept", "", "", "as libpq: it is overridden silently"),
            conninfo("application_name 1 KB", "accept", "", "", "as libpq: the server shortens it, and says so"),
            conninfo(
                    "sslpassword shown in error", "reject config", "22023", "invalid sslmode value", "the text itself"),
            conninfo(
                    "channel_binding=require, sslmode=disable",
                    "accept; connect fails",
                    "28000",
                    "channel binding required",
                    "as libpq: it is found out when the server asks for nothing, or not enough"),
            conninfo(
                    "URI password in error text",
                    "reject config",
                    "22023",
                    "invalid port number",
                    "libpq's text, which does not repeat the URI at all"),
            new Instead(
                    "conninfo",
                    "host starting with @ or /",
                    "accept; connect fails",
                    "accept; connect fails",
                    "08001",
                    "No such file or directory",
                    "PostgreSQL's SQLSTATE for a connection that was never there"),
            scram("asks cleartext password", ONCE_A_MINUTE, "28000", "requested a cleartext password", SLOWLY),
            scram("asks MD5", ONCE_A_MINUTE, "28000", "requested a hashed password", SLOWLY),
            scram("PLUS chosen, .*", ONCE_A_MINUTE, "28000", "no channel-binding data for certificate", SLOWLY),
            scram("server-final missing, .*", ONCE_A_MINUTE, "28000", "server skipped its SCRAM proof", SLOWLY),
            scram("server-final e=.*", ONCE_A_MINUTE, "28P01", "server reported SCRAM error", SLOWLY),
            scram(
                    "ErrorResponse without SQLSTATE .*",
                    "drop connection, retry with backoff",
                    "XX000",
                    "",
                    "it is treated as the message says, so that is its SQLSTATE, and the server's word is heard"));

    private SettledConnecting() {}

    private static Instead conninfo(String name, String action, String sqlState, String message, String reason) {
        return new Instead("conninfo", name, "reject config", action, sqlState, message, reason);
    }

    private static Instead scram(String name, String action, String sqlState, String message, String reason) {
        return new Instead("scram", "\\[client\\] " + name, "drop connection", action, sqlState, message, reason);
    }
}
