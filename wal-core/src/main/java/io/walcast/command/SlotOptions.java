// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import io.walcast.command.ReplicationCommand.AlterReplicationSlot;
import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.core.error.SqlState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the options of {@code CREATE_} and {@code ALTER_REPLICATION_SLOT}, in the order they were written. */
final class SlotOptions {
    private static final int FAILOVER_SINCE = 17;
    private static final int ALTER_TWO_PHASE_SINCE = 18;

    private final int major;
    private final Set<String> given = new HashSet<>();
    private boolean reserveWal;
    private @Nullable String snapshot;
    private @Nullable Boolean twoPhase;
    private @Nullable Boolean failover;

    private SlotOptions(int major) {
        this.major = major;
    }

    static CreateReplicationSlot create(
            String slot, boolean temporary, @Nullable String plugin, List<GenericOption> options, int major) {
        SlotOptions checked = new SlotOptions(major);
        for (GenericOption option : options) {
            checked.takeToCreate(option, plugin != null);
        }
        return new CreateReplicationSlot(
                slot,
                temporary,
                plugin,
                checked.reserveWal,
                checked.snapshot,
                Boolean.TRUE.equals(checked.twoPhase),
                Boolean.TRUE.equals(checked.failover));
    }

    static AlterReplicationSlot alter(String slot, List<GenericOption> options, int major) {
        SlotOptions checked = new SlotOptions(major);
        for (GenericOption option : options) {
            checked.takeToAlter(option);
        }
        return new AlterReplicationSlot(slot, checked.failover, checked.twoPhase);
    }

    private void takeToCreate(GenericOption option, boolean logical) {
        switch (option.name()) {
            case "snapshot" -> {
                requireOnce(option, logical);
                snapshot = snapshotAction(option);
            }
            case "reserve_wal" -> {
                requireOnce(option, !logical);
                reserveWal = option.asBoolean();
            }
            case "two_phase" -> {
                requireOnce(option, logical);
                twoPhase = option.asBoolean();
            }
            case "failover" -> {
                requireKnown(option, FAILOVER_SINCE);
                requireOnce(option, logical);
                failover = option.asBoolean();
            }
            default -> throw CommandErrors.unrecognizedOption(option.name());
        }
    }

    private void takeToAlter(GenericOption option) {
        switch (option.name()) {
            case "failover" -> {
                requireOnce(option, true);
                failover = option.asBoolean();
            }
            case "two_phase" -> {
                requireKnown(option, ALTER_TWO_PHASE_SINCE);
                requireOnce(option, true);
                twoPhase = option.asBoolean();
            }
            default -> throw CommandErrors.unrecognizedOption(option.name());
        }
    }

    private void requireKnown(GenericOption option, int since) {
        if (major < since) {
            throw CommandErrors.unrecognizedOption(option.name());
        }
    }

    private void requireOnce(GenericOption option, boolean allowed) {
        if (!given.add(option.name()) || !allowed) {
            throw CommandErrors.conflictingOptions();
        }
    }

    private static String snapshotAction(GenericOption option) {
        String action = option.asString();
        return switch (action) {
            case "export", "use", "nothing" -> action;
            default ->
                throw CommandErrors.error(
                        SqlState.INVALID_PARAMETER_VALUE,
                        "unrecognized value for CREATE_REPLICATION_SLOT option \"%s\": \"%s\""
                                .formatted(option.name(), action));
        };
    }
}
