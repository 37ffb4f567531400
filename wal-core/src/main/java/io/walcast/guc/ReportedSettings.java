// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import java.util.List;
import java.util.Set;

/**
 * Which settings a PostgreSQL of each version reports at the start of a session ({@code GUC_REPORT}), in the order in which
 * it does: by name up to 15, from 16 on as its hash table has them. Stateless.
 */
final class ReportedSettings {
    private static final int HASH_TABLE = 16;
    private static final List<String> BY_NAME = List.of(
            "application_name",
            "client_encoding",
            "DateStyle",
            "default_transaction_read_only",
            "in_hot_standby",
            "integer_datetimes",
            "IntervalStyle",
            "is_superuser",
            "server_encoding",
            "server_version",
            "session_authorization",
            "standard_conforming_strings",
            "TimeZone");
    private static final List<String> HASHED = List.of(
            "in_hot_standby",
            "integer_datetimes",
            "TimeZone",
            "IntervalStyle",
            "search_path",
            "is_superuser",
            "application_name",
            "default_transaction_read_only",
            "scram_iterations",
            "DateStyle",
            "standard_conforming_strings",
            "session_authorization",
            "client_encoding",
            "server_version",
            "server_encoding");
    private static final Set<String> SINCE_18 = Set.of("search_path");

    private ReportedSettings() {}

    /** Returns the names for that major version. */
    static List<String> names(int major) {
        if (major < HASH_TABLE) {
            return BY_NAME;
        }
        return HASHED.stream()
                .filter(name -> major >= 18 || !SINCE_18.contains(name))
                .toList();
    }
}
