// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.core.Lsn;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;

/** What peers are told, in PostgreSQL's words where it has some. Stateless. */
final class SessionErrors {
    private static final int NEW_ROLE_TEXT_MAJOR = 16;
    private static final int QUOTED_NAMES_MAJOR = 17;

    private SessionErrors() {}

    static ServerErrorException startingUp() {
        return fatal(SqlState.CANNOT_CONNECT_NOW, "the database system is starting up");
    }

    static ServerErrorException shuttingDown() {
        return fatal(SqlState.CANNOT_CONNECT_NOW, "the database system is shutting down");
    }

    static ServerErrorException onlyPhysical() {
        return new ServerErrorException(new ErrorFields(
                "FATAL",
                SqlState.FEATURE_NOT_SUPPORTED,
                "this server has no databases, it only sends WAL",
                null,
                "Connect with replication=true."));
    }

    static ServerErrorException unknownRole(String user) {
        return fatal(SqlState.INVALID_AUTHORIZATION, "role \"" + user + "\" does not exist");
    }

    static ServerErrorException mayNotReplicate(int major) {
        if (major < NEW_ROLE_TEXT_MAJOR) {
            return fatal(SqlState.INSUFFICIENT_PRIVILEGE, "must be superuser or replication role to start walsender");
        }
        return new ServerErrorException(new ErrorFields(
                "FATAL",
                SqlState.INSUFFICIENT_PRIVILEGE,
                "permission denied to start WAL sender",
                "Only roles with the REPLICATION attribute may start a WAL sender process.",
                null));
    }

    static ServerErrorException tooManySenders(int maxWalSenders, int major) {
        String setting = major < QUOTED_NAMES_MAJOR ? "max_wal_senders" : "\"max_wal_senders\"";
        return fatal(
                SqlState.TOO_MANY_CONNECTIONS,
                "number of requested standby connections exceeds %s (currently %d)".formatted(setting, maxWalSenders));
    }

    static ErrorFields terminated() {
        return fatal(SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command")
                .fields();
    }

    static ErrorFields stoppingMode() {
        return ErrorFields.error(
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                "cannot execute new commands while WAL sender is in stopping mode");
    }

    static ErrorFields canceled() {
        return ErrorFields.error(SqlState.QUERY_CANCELED, "canceling statement due to user request");
    }

    static ErrorFields sql() {
        return ErrorFields.error(
                SqlState.FEATURE_NOT_SUPPORTED, "cannot execute SQL commands in WAL sender for physical replication");
    }

    static ErrorFields unsupported(String command) {
        return ErrorFields.error(SqlState.FEATURE_NOT_SUPPORTED, command + " is not supported by this server");
    }

    static ErrorFields notIdentified() {
        return ErrorFields.error(
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "IDENTIFY_SYSTEM has not been run before START_REPLICATION");
    }

    static ErrorFields aheadOfFlush(Lsn start, Lsn flushed) {
        return ErrorFields.error(
                SqlState.INTERNAL_ERROR,
                "requested starting point %s is ahead of the WAL flush position of this server %s"
                        .formatted(start, flushed));
    }

    static ErrorFields segmentRemoved(String segment) {
        return ErrorFields.error(
                SqlState.UNDEFINED_FILE, "requested WAL segment %s has already been removed".formatted(segment));
    }

    static ErrorFields noHistoryFile(String fileName) {
        return ErrorFields.error(
                SqlState.UNDEFINED_FILE, "could not open file \"%s\": No such file or directory".formatted(fileName));
    }

    static ErrorFields wrongSlotType(String command, String type) {
        return ErrorFields.error(
                SqlState.FEATURE_NOT_SUPPORTED, "cannot use %s with a %s replication slot".formatted(command, type));
    }

    static ErrorFields noSuchSlot(String slot) {
        return ErrorFields.error(SqlState.UNDEFINED_OBJECT, "replication slot \"%s\" does not exist".formatted(slot));
    }

    /** Returns what a peer is told of {@code e}: nothing of our files, which are none of its business. */
    static ErrorFields of(WalException e, String doing) {
        if (e instanceof ServerErrorException known) {
            return known.fields();
        }
        String message = "could not " + doing;
        return ErrorFields.error(
                e.sqlState(),
                e.sqlState().equals(SqlState.DISK_FULL) ? message + ": No space left on device" : message);
    }

    private static ServerErrorException fatal(SqlState state, String message) {
        return new ServerErrorException(new ErrorFields("FATAL", state, message, null, null));
    }
}
