// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import io.walcast.core.TimelineId;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.AlterSlot;
import io.walcast.transport.CreateSlot;
import io.walcast.transport.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Replication commands as text, in the syntax of the server's version. Every name and value is quoted here. Stateless. */
public final class CommandText {
    /** {@code IDENTIFY_SYSTEM}. */
    public static final String IDENTIFY_SYSTEM = "IDENTIFY_SYSTEM";

    private static final int FIRST_WITH_OPTION_LISTS = 15;
    private static final int FIRST_WITH_ALTER = 17;
    private static final Pattern PARAMETER_NAME =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)*");

    private CommandText() {}

    /** Returns {@code SHOW}. */
    public static String show(String parameter) {
        if (!PARAMETER_NAME.matcher(parameter).matches()) {
            throw new ConfigurationException(SqlState.INVALID_NAME, "invalid configuration parameter name");
        }
        return "SHOW " + parameter;
    }

    /** Returns {@code TIMELINE_HISTORY}. */
    public static String timelineHistory(TimelineId timeline) {
        return "TIMELINE_HISTORY " + timeline;
    }

    /** Returns {@code READ_REPLICATION_SLOT}. */
    public static String readSlot(String slot, int serverMajor) {
        requireServer(serverMajor, FIRST_WITH_OPTION_LISTS, "READ_REPLICATION_SLOT");
        return "READ_REPLICATION_SLOT " + identifier(slot);
    }

    /** Returns {@code CREATE_REPLICATION_SLOT}. */
    public static String createSlot(CreateSlot slot, int serverMajor) {
        String plugin = slot.plugin();
        String kind = plugin == null ? "PHYSICAL" : "LOGICAL " + identifier(plugin);
        List<String> options =
                serverMajor >= FIRST_WITH_OPTION_LISTS ? optionList(slot, serverMajor) : bareOptions(slot, serverMajor);
        return "CREATE_REPLICATION_SLOT %s%s %s%s"
                .formatted(
                        identifier(slot.name()),
                        slot.temporary() ? " TEMPORARY" : "",
                        kind,
                        options.isEmpty()
                                ? ""
                                : serverMajor >= FIRST_WITH_OPTION_LISTS
                                        ? " (" + String.join(", ", options) + ")"
                                        : " " + String.join(" ", options));
    }

    private static List<String> optionList(CreateSlot slot, int serverMajor) {
        List<String> options = new ArrayList<>();
        if (slot.plugin() == null) {
            if (slot.reserveWal()) {
                options.add("RESERVE_WAL");
            }
            return options;
        }
        if (slot.failover()) {
            requireServer(serverMajor, FIRST_WITH_ALTER, "FAILOVER");
            options.add("FAILOVER");
        }
        if (slot.twoPhase()) {
            options.add("TWO_PHASE");
        }
        String snapshot = slot.snapshot();
        if (snapshot != null) {
            options.add("SNAPSHOT " + literal(snapshot));
        }
        return options;
    }

    private static List<String> bareOptions(CreateSlot slot, int serverMajor) {
        if (slot.plugin() == null) {
            return slot.reserveWal() ? List.of("RESERVE_WAL") : List.of();
        }
        if (slot.twoPhase() || slot.failover()) {
            requireServer(serverMajor, FIRST_WITH_OPTION_LISTS, slot.twoPhase() ? "TWO_PHASE" : "FAILOVER");
        }
        String snapshot = slot.snapshot();
        if (snapshot == null) {
            return List.of();
        }
        return switch (snapshot) {
            case "export" -> List.of("EXPORT_SNAPSHOT");
            case "use" -> List.of("USE_SNAPSHOT");
            case "nothing" -> List.of("NOEXPORT_SNAPSHOT");
            default -> throw new ConfigurationException("unrecognized value for snapshot: " + literal(snapshot));
        };
    }

    /** Returns {@code ALTER_REPLICATION_SLOT}. */
    public static String alterSlot(AlterSlot slot, int serverMajor) {
        requireServer(serverMajor, FIRST_WITH_ALTER, "ALTER_REPLICATION_SLOT");
        List<String> options = new ArrayList<>();
        addFlag(options, "FAILOVER", slot.failover());
        addFlag(options, "TWO_PHASE", slot.twoPhase());
        if (options.isEmpty()) {
            throw new ConfigurationException("ALTER_REPLICATION_SLOT: nothing to change");
        }
        return "ALTER_REPLICATION_SLOT %s (%s)".formatted(identifier(slot.name()), String.join(", ", options));
    }

    private static void addFlag(List<String> options, String name, @Nullable Boolean value) {
        if (value != null) {
            options.add(name + " " + value);
        }
    }

    /** Returns {@code DROP_REPLICATION_SLOT}. */
    public static String dropSlot(String slot, boolean wait) {
        return "DROP_REPLICATION_SLOT " + identifier(slot) + (wait ? " WAIT" : "");
    }

    /** Returns {@code START_REPLICATION}. */
    public static String startReplication(StreamOptions options) {
        String slot = options.slot();
        String through = slot == null ? "" : " SLOT " + identifier(slot);
        if (options instanceof StreamOptions.Logical logical) {
            return "START_REPLICATION%s LOGICAL %s%s"
                    .formatted(through, logical.start(), pluginOptions(logical.pluginOptions()));
        }
        StreamOptions.Physical physical = (StreamOptions.Physical) options;
        return "START_REPLICATION%s %s TIMELINE %s".formatted(through, physical.start(), physical.timeline());
    }

    private static String pluginOptions(Map<String, String> options) {
        if (options.isEmpty()) {
            return "";
        }
        return options.entrySet().stream()
                .map(option -> identifier(option.getKey()) + " " + literal(option.getValue()))
                .collect(Collectors.joining(", ", " (", ")"));
    }

    private static void requireServer(int serverMajor, int first, String what) {
        if (serverMajor < first) {
            throw new ConfigurationException(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "%s: server version %d (expected: %d or newer)".formatted(what, serverMajor, first));
        }
    }

    /**
     * Quotes a name. The replication grammar has no way to write a quote inside a quoted name, so that one is refused, as
     * is everything that no name should hold.
     */
    static String identifier(String name) {
        boolean unfit = name.isEmpty() || name.chars().anyMatch(c -> c == '"' || c < ' ' || c == 127);
        if (unfit) {
            throw new ConfigurationException(
                    SqlState.INVALID_NAME, "name: empty or with a quote or control character in it");
        }
        return '"' + name + '"';
    }

    /** Quotes a string. */
    static String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new ConfigurationException("value: holds a NUL");
        }
        return "'" + text.replace("'", "''") + "'";
    }
}
