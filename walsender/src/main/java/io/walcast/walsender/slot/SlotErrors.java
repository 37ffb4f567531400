// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import org.jspecify.annotations.Nullable;

/** What clients are told, in PostgreSQL 18's words. Stateless. */
final class SlotErrors {
    private static final int NAME_DATA_LENGTH = 64;

    private SlotErrors() {}

    /** Checks a name as {@code ReplicationSlotValidateName} does. */
    static void checkName(String name) {
        if (name.isEmpty()) {
            throw error(SqlState.INVALID_NAME, "replication slot name \"%s\" is too short", name, null, null);
        }
        if (name.getBytes(UTF_8).length >= NAME_DATA_LENGTH) {
            throw error(SqlState.NAME_TOO_LONG, "replication slot name \"%s\" is too long", name, null, null);
        }
        if (!name.chars().allMatch(SlotErrors::isNameCharacter)) {
            throw error(
                    SqlState.INVALID_NAME,
                    "replication slot name \"%s\" contains invalid character",
                    name,
                    null,
                    "Replication slot names may only contain lower case letters, numbers, and the underscore character.");
        }
    }

    private static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }

    static ServerErrorException exists(String name) {
        return error(SqlState.DUPLICATE_OBJECT, "replication slot \"%s\" already exists", name, null, null);
    }

    static ServerErrorException doesNotExist(String name) {
        return error(SqlState.UNDEFINED_OBJECT, "replication slot \"%s\" does not exist", name, null, null);
    }

    static ServerErrorException active(String name, int pid) {
        return error(SqlState.OBJECT_IN_USE, "replication slot \"%s\" is active for PID " + pid, name, null, null);
    }

    static ServerErrorException allInUse() {
        return new ServerErrorException(new ErrorFields(
                "ERROR",
                SqlState.CONFIGURATION_LIMIT_EXCEEDED,
                "all replication slots are in use",
                null,
                "Free one or increase \"max_replication_slots\"."));
    }

    static ServerErrorException invalidated(SlotState state) {
        return error(
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                "can no longer access replication slot \"%s\"",
                state.name(),
                "This replication slot has been invalidated due to \"%s\"."
                        .formatted(state.invalidated().text()),
                null);
    }

    static ServerErrorException logical() {
        return new ServerErrorException(ErrorFields.error(
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                "cannot use a logical replication slot for physical replication"));
    }

    private static ServerErrorException error(
            SqlState state, String form, String name, @Nullable String detail, @Nullable String hint) {
        return new ServerErrorException(new ErrorFields("ERROR", state, form.formatted(name), detail, hint));
    }
}
