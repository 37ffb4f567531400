// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import io.walcast.core.Lsn;
import io.walcast.ipc.Clock;
import java.util.function.LongConsumer;

/**
 * A physical slot in the hands of one session, until the session releases it or loses it to another one. After that every
 * call here has no effect.
 *
 * <p>Threading: any thread; nothing blocks and no file is touched.
 */
public final class AcquiredSlot {
    private final ReplicationSlot slot;
    private final SlotOwner owner;
    private final Clock clock;
    private final LongConsumer moved;

    AcquiredSlot(ReplicationSlot slot, SlotOwner owner, Clock clock, LongConsumer moved) {
        this.slot = slot;
        this.owner = owner;
        this.clock = clock;
        this.moved = moved;
    }

    /** Returns the slot's name. */
    public String name() {
        return slot.name();
    }

    SlotOwner owner() {
        return owner;
    }

    ReplicationSlot slot() {
        return slot;
    }

    /** Returns from where the slot keeps WAL; 0/0 if it does not yet, or not any more. */
    public Lsn restartLsn() {
        return slot.state().restartLsn();
    }

    /** Returns whether the slot is still this session's. */
    public boolean isHeld() {
        return slot.isHeldBy(this);
    }

    /**
     * Takes note of a client's flush position: the slot moves to {@code flush}, but never back, never past what was sent in
     * this session, and not at all if the report cannot be true. What is moved is saved later, see
     * {@link ReplicationSlots#checkpoint}.
     *
     * @param flush what the client reported; 0/0 means nothing
     * @param sentInSession the end of the WAL sent in this session; 0/0 as long as none was
     * @param ourFlush our own flush position
     */
    public Confirmation confirm(Lsn flush, Lsn sentInSession, Lsn ourFlush) {
        Confirmation confirmation = slot.confirm(this, flush, sentInSession, ourFlush);
        if (confirmation == Confirmation.MOVED) {
            moved.accept(slot.unsavedBytes());
        }
        return confirmation;
    }

    /** Takes note of the transaction numbers in a hot standby feedback; 0 means none. */
    public void feedback(int xmin, int catalogXmin) {
        slot.feedback(this, xmin, catalogXmin);
    }

    /** Ends the use of the slot. May be called more than once. */
    public void release() {
        slot.release(this, clock.now());
    }
}
