// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

/** A session, as a slot sees it. Compared by identity. Safe for use from any thread. */
public interface SlotOwner {

    /** Returns the number shown as {@code active_pid}. */
    int pid();

    /**
     * Asks the session to end, as a SIGTERM does; returns at once. Its slot has been taken from it already: what it confirms
     * is ignored.
     */
    void terminate();
}
