// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.AlterSlot;
import io.walcast.transport.CreateSlot;
import io.walcast.transport.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands as text, in the replication grammar of PostgreSQL 15 and later. Every name and value is quoted here. */
final class Commands {
    private Commands() {}

    static String readSlot(String slot) {
        return "READ_REPLICATION_SLOT " + name(slot);
    }

    static String createSlot(CreateSlot slot) {
        String plugin = slot.plugin();
        List<String> options = new ArrayList<>();
        addIf(slot.reserveWal(), "RESERVE_WAL", options);
        addIf(slot.twoPhase(), "TWO_PHASE", options);
        addIf(slot.failover(), "FAILOVER", options);
        if (slot.snapshot() != null) {
            options.add("SNAPSHOT " + literal(slot.snapshot()));
        }
        return "CREATE_REPLICATION_SLOT " + name(slot.name()) + (slot.temporary() ? " TEMPORARY" : "")
                + (plugin == null ? " PHYSICAL" : " LOGICAL " + name(plugin)) + list(options);
    }

    static String alterSlot(AlterSlot slot) {
        List<String> options = new ArrayList<>();
        addIf(slot.failover() != null, "FAILOVER " + slot.failover(), options);
        addIf(slot.twoPhase() != null, "TWO_PHASE " + slot.twoPhase(), options);
        return "ALTER_REPLICATION_SLOT " + name(slot.name()) + list(options);
    }

    static String dropSlot(String slot, boolean wait) {
        return "DROP_REPLICATION_SLOT " + name(slot) + (wait ? " WAIT" : "");
    }

    static String startReplication(StreamOptions options) {
        String slot = options.slot() == null ? "" : " SLOT " + name(options.slot());
        if (options instanceof StreamOptions.Logical logical) {
            List<String> pluginOptions = new ArrayList<>();
            logical.pluginOptions().forEach((key, value) -> pluginOptions.add(name(key) + " " + literal(value)));
            return "START_REPLICATION" + slot + " LOGICAL " + logical.start() + list(pluginOptions);
        }
        StreamOptions.Physical physical = (StreamOptions.Physical) options;
        return "START_REPLICATION" + slot + " PHYSICAL " + physical.start() + " TIMELINE " + physical.timeline();
    }

    private static void addIf(boolean wanted, String option, List<String> options) {
        if (wanted) {
            options.add(option);
        }
    }

    private static String list(List<String> options) {
        return options.isEmpty() ? "" : " (" + String.join(", ", options) + ")";
    }

    private static String literal(@Nullable String value) {
        return "'" + String.valueOf(value).replace("'", "''") + "'";
    }

    private static String name(String name) {
        if (name.isEmpty() || name.chars().anyMatch(c -> c == '"' || c < ' ')) {
            throw new ConfigurationException(
                    SqlState.INVALID_NAME, "name: empty, or with a quote or control character");
        }
        return '"' + name + '"';
    }
}
