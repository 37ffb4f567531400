// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.CreatedSlot;
import io.walcast.transport.ExecResult;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.SystemIdentity;
import io.walcast.transport.TimelineHistoryFile;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A script's answers to control calls, and PostgreSQL's errors for what the script does not hold.
 *
 * <p>Safe for use from any thread.
 */
final class PrimaryAnswers {
    private final PrimaryScript script;

    PrimaryAnswers(PrimaryScript script) {
        this.script = script;
    }

    SystemIdentity identifySystem() {
        return script.identity();
    }

    String show(String parameter) {
        return orElseError(
                script.setting(parameter),
                SqlState.UNDEFINED_OBJECT,
                "unrecognized configuration parameter \"%s\"",
                parameter);
    }

    TimelineHistoryFile readTimelineHistory(TimelineId timeline) {
        String name = String.format(Locale.ROOT, "%08X.history", timeline.value());
        byte[] content = orElseError(
                script.history(timeline), SqlState.UNDEFINED_FILE, "could not open file \"pg_wal/%s\"", name);
        return new TimelineHistoryFile(timeline, name, ByteBuffer.wrap(content));
    }

    Optional<SlotPosition> readSlot(String slot) {
        return Optional.ofNullable(script.slots().get(slot));
    }

    CreatedSlot createSlot(String name, @Nullable String plugin, boolean reserveWal) {
        SystemIdentity identity = script.identity();
        SlotPosition position = new SlotPosition(
                plugin == null ? "physical" : "logical",
                reserveWal ? identity.flushed() : null,
                reserveWal ? identity.timeline() : null);
        if (script.slots().putIfAbsent(name, position) != null) {
            throw error(SqlState.DUPLICATE_OBJECT, "replication slot \"%s\" already exists", name);
        }
        return new CreatedSlot(name, Lsn.INVALID, null, plugin);
    }

    void alterSlot(String name) {
        orElseError(
                script.slots().get(name), SqlState.UNDEFINED_OBJECT, "replication slot \"%s\" does not exist", name);
    }

    void dropSlot(String name) {
        orElseError(
                script.slots().remove(name), SqlState.UNDEFINED_OBJECT, "replication slot \"%s\" does not exist", name);
    }

    ExecResult exec(String command) {
        return orElseError(script.result(command), SqlState.SYNTAX_ERROR, "syntax error in \"%s\"", command);
    }

    private static <T> T orElseError(@Nullable T found, SqlState sqlState, String message, String name) {
        if (found == null) {
            throw error(sqlState, message, name);
        }
        return found;
    }

    private static ServerErrorException error(SqlState sqlState, String message, String name) {
        return new ServerErrorException(ErrorFields.error(sqlState, String.format(Locale.ROOT, message, name)));
    }
}
