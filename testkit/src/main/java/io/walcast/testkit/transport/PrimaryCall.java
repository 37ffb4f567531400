// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

/** What a receiver asks a scripted primary for. */
public enum PrimaryCall {
    /** A new connection, before it is granted. */
    CONNECT,
    /** {@code IDENTIFY_SYSTEM}. */
    IDENTIFY_SYSTEM,
    /** {@code SHOW}; the argument is the parameter's name. */
    SHOW,
    /** {@code TIMELINE_HISTORY}; the argument is the timeline. */
    TIMELINE_HISTORY,
    /** {@code READ_REPLICATION_SLOT}; the argument is the slot's name. */
    READ_SLOT,
    /** {@code CREATE_REPLICATION_SLOT}; the argument is the slot's name. */
    CREATE_SLOT,
    /** {@code ALTER_REPLICATION_SLOT}; the argument is the slot's name. */
    ALTER_SLOT,
    /** {@code DROP_REPLICATION_SLOT}; the argument is the slot's name. */
    DROP_SLOT,
    /** {@code START_REPLICATION}; the argument is {@code LSN/TIMELINE} or {@code SLOT LSN/TIMELINE}. */
    START_STREAMING,
    /** Any other command; the argument is its text. */
    EXEC
}
