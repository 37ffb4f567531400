// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import static io.walcast.guc.SettingContext.INTERNAL;
import static io.walcast.guc.SettingContext.POSTMASTER;
import static io.walcast.guc.SettingContext.SERVED;
import static io.walcast.guc.SettingContext.SESSION;
import static io.walcast.guc.SettingContext.SIGHUP;
import static io.walcast.guc.SettingContext.SUPERUSER;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every setting there is, with PostgreSQL's name, default and bounds, unless the table says that it is ours. */
final class SettingTable {
    private static final int MAX = Integer.MAX_VALUE;
    private static final int MAX_BACKENDS = 262_143;

    private static final Map<String, Setting> BY_NAME = new TreeMap<>();

    static {
        List<Setting> all = new ArrayList<>();
        addServer(all);
        addPresets(all);
        addSession(all);
        addChoices(all);
        addSessionNumbers(all);
        addSessionBooleans(all);
        all.forEach(setting -> BY_NAME.put(key(setting.name()), setting));
    }

    private SettingTable() {}

    /** Returns what is known of {@code name}, in any case; null if nothing. */
    static @Nullable Setting find(String name) {
        return BY_NAME.get(key(name));
    }

    /** Returns all, by name. */
    static Iterable<Setting> all() {
        return BY_NAME.values();
    }

    /** Returns the form of {@code name} by which it is kept. */
    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static void addServer(List<Setting> all) {
        all.add(Setting.text("listen_addresses", POSTMASTER, "localhost"));
        all.add(Setting.number("port", POSTMASTER, SettingUnit.NONE, 1, 65_535, "5432"));
        all.add(Setting.text("cluster_name", POSTMASTER, "").withRule(TextRules::name));
        all.add(Setting.number("max_connections", POSTMASTER, SettingUnit.NONE, 1, MAX_BACKENDS, "100"));
        all.add(Setting.number("max_wal_senders", POSTMASTER, SettingUnit.NONE, 0, MAX_BACKENDS, "10"));
        all.add(Setting.number("max_replication_slots", POSTMASTER, SettingUnit.NONE, 0, MAX_BACKENDS, "10"));
        all.add(Setting.number("wal_sender_timeout", SESSION, SettingUnit.MS, 0, MAX, "60s"));
        all.add(Setting.number("wal_keep_size", SIGHUP, SettingUnit.MB, 0, MAX, "0"));
        all.add(Setting.number("max_slot_wal_keep_size", SIGHUP, SettingUnit.MB, -1, MAX, "-1"));
        all.add(Setting.bool("wal_removal", SIGHUP, false)); // ours
        all.add(Setting.number("wal_receiver_status_interval", SIGHUP, SettingUnit.S, 0, MAX / 1000, "10s"));
        all.add(Setting.number("wal_receiver_timeout", SIGHUP, SettingUnit.MS, 0, MAX, "60s"));
        all.add(Setting.number("wal_retrieve_retry_interval", SIGHUP, SettingUnit.MS, 1, MAX, "5s"));
        all.add(Setting.bool("hot_standby_feedback", SIGHUP, false));
        all.add(Setting.bool("log_replication_commands", SUPERUSER, false));
        all.add(Setting.bool("ssl", SIGHUP, false));
        all.add(Setting.text("ssl_cert_file", SIGHUP, "server.crt"));
        all.add(Setting.text("ssl_key_file", SIGHUP, "server.key"));
        all.add(Setting.text("ssl_ca_file", SIGHUP, ""));
        all.add(Setting.text("ssl_crl_file", SIGHUP, ""));
        all.add(Setting.choice("ssl_min_protocol_version", SIGHUP, "TLSv1.2", "TLSv1.2", "TLSv1.3"));
        all.add(Setting.number("authentication_timeout", SIGHUP, SettingUnit.S, 1, 600, "10s"));
        all.add(Setting.number("scram_iterations", SESSION, SettingUnit.NONE, 1, MAX, "4096"));
        all.add(Setting.text("server_version", SERVED, "").withRule(TextRules::serverVersion));
    }

    private static void addPresets(List<Setting> all) {
        all.add(Setting.number("server_version_num", INTERNAL, SettingUnit.NONE, 0, MAX, "0"));
        all.add(Setting.number("wal_segment_size", INTERNAL, SettingUnit.B, 1 << 20, 1 << 30, "16MB"));
        all.add(Setting.number("wal_block_size", INTERNAL, SettingUnit.NONE, 8192, 8192, "8192"));
        all.add(Setting.number("block_size", INTERNAL, SettingUnit.NONE, 8192, 8192, "8192"));
        all.add(Setting.text("data_directory_mode", INTERNAL, "0700"));
        all.add(Setting.text("server_encoding", INTERNAL, "SQL_ASCII"));
        all.add(Setting.bool("integer_datetimes", INTERNAL, true));
        all.add(Setting.bool("in_hot_standby", INTERNAL, false));
        all.add(Setting.bool("is_superuser", INTERNAL, false));
        all.add(Setting.text("session_authorization", INTERNAL, ""));
    }

    /** What clients set when they begin: kept and shown, and without any other effect here. */
    private static void addSession(List<Setting> all) {
        all.add(Setting.text("application_name", SESSION, "").withRule(TextRules::name));
        all.add(Setting.text("client_encoding", SESSION, "SQL_ASCII").withRule(TextRules::encoding));
        all.add(Setting.text("DateStyle", SESSION, "ISO, MDY").withRule(TextRules::dateStyle));
        all.add(Setting.text("TimeZone", SESSION, "GMT").withRule(TextRules::timeZone));
        all.add(Setting.text("search_path", SESSION, "\"$user\", public"));
        all.add(Setting.text("lc_messages", SESSION, "C"));
        all.add(Setting.text("lc_monetary", SESSION, "C"));
        all.add(Setting.text("lc_numeric", SESSION, "C"));
        all.add(Setting.text("lc_time", SESSION, "C"));
    }

    private static void addChoices(List<Setting> all) {
        all.add(Setting.choice(
                "IntervalStyle", SESSION, "postgres", "postgres", "postgres_verbose", "sql_standard", "iso_8601"));
        all.add(Setting.choice(
                        "client_min_messages",
                        SESSION,
                        "notice",
                        "debug5",
                        "debug4",
                        "debug3",
                        "debug2",
                        "debug1",
                        "log",
                        "notice",
                        "warning",
                        "error")
                .withAliases(Map.of("debug", "debug2", "info", "info")));
        all.add(Setting.choice("bytea_output", SESSION, "hex", "escape", "hex"));
        all.add(Setting.choice(
                        "synchronous_commit", SESSION, "on", "local", "remote_write", "remote_apply", "on", "off")
                .withAliases(Map.of("true", "on", "yes", "on", "1", "on", "false", "off", "no", "off", "0", "off")));
        all.add(Setting.choice(
                "default_transaction_isolation",
                SESSION,
                "read committed",
                "serializable",
                "repeatable read",
                "read committed",
                "read uncommitted"));
    }

    private static void addSessionNumbers(List<Setting> all) {
        for (String timeout : List.of(
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "idle_session_timeout",
                "transaction_timeout",
                "tcp_user_timeout")) {
            all.add(Setting.number(timeout, SESSION, SettingUnit.MS, 0, MAX, "0"));
        }
        all.add(Setting.number("extra_float_digits", SESSION, SettingUnit.NONE, -15, 3, "1"));
        all.add(Setting.number("tcp_keepalives_idle", SESSION, SettingUnit.S, 0, MAX, "0"));
        all.add(Setting.number("tcp_keepalives_interval", SESSION, SettingUnit.S, 0, MAX, "0"));
        all.add(Setting.number("tcp_keepalives_count", SESSION, SettingUnit.NONE, 0, MAX, "0"));
        all.add(Setting.number("work_mem", SESSION, SettingUnit.KB, 64, MAX, "4MB"));
    }

    private static void addSessionBooleans(List<Setting> all) {
        for (String on : List.of(
                "geqo",
                "standard_conforming_strings",
                "escape_string_warning",
                "row_security",
                "synchronize_seqscans",
                "jit",
                "check_function_bodies")) {
            all.add(Setting.bool(on, SESSION, true));
        }
        all.add(Setting.bool("default_transaction_read_only", SESSION, false));
        all.add(Setting.bool("transaction_read_only", SESSION, false));
        all.add(Setting.bool("default_transaction_deferrable", SESSION, false));
        all.add(Setting.bool("quote_all_identifiers", SESSION, false));
    }
}
