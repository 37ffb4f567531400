// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a server of the test kit has where its options say nothing. */
final class Defaults {
    static final List<String> HBA = List.of(
            "local all all trust",
            "local replication all trust",
            "host all all 127.0.0.1/32 trust",
            "host replication all 127.0.0.1/32 trust");

    private Defaults() {}

    static Map<String, String> configuration(PostgresServer.Options options) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("max_connections", "50");
        settings.put("shared_buffers", "32MB");
        settings.put("fsync", options.fsync() ? "on" : "off");
        settings.put("wal_level", "replica");
        settings.put("max_wal_senders", "20");
        settings.put("max_replication_slots", "20");
        settings.put("wal_keep_size", "1GB");
        settings.put("hot_standby", "on");
        settings.put("autovacuum", "on");
        settings.put("log_replication_commands", "on");
        settings.put("log_line_prefix", "%m [%p] %q%a ");
        settings.put("timezone", "UTC");
        settings.put("log_timezone", "UTC");
        return settings;
    }
}
