// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

/** What became of a flush position that a client reported. */
public enum Confirmation {
    /** The slot moved forward. */
    MOVED,
    /** The slot was there already, or nothing was sent yet. */
    UNCHANGED,
    /** The client reported 0/0, which means that it does not report. */
    NOT_REPORTED,
    /** The client reported less than before. A restarted one does, down to the start of the slot's segment. */
    BEHIND,
    /** The client reported what we do not have ourselves: it cannot be. */
    BEYOND_OUR_FLUSH,
    /** The slot belongs to another session by now, or is invalid or dropped: the report counts for nothing. */
    FENCED
}
