// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.transport.ExecResult;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.SystemIdentity;
import java.util.Deque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * How a primary behaves in a test, whatever the transport: its answers to control calls, its misbehaviour, and one
 * {@link PrimaryStream} for each {@code START_REPLICATION}. Slots are kept as a server keeps them: created, read, dropped.
 *
 * <p>Threading: written by the test, read by the primary's threads; safe for both.
 */
public final class PrimaryScript {
    private final PrimaryJournal journal = new PrimaryJournal();
    private final Map<String, String> settings = new ConcurrentHashMap<>();
    private final Map<TimelineId, byte[]> histories = new ConcurrentHashMap<>();
    private final Map<String, SlotPosition> slots = new ConcurrentHashMap<>();
    private final Map<String, ExecResult> results = new ConcurrentHashMap<>();
    private final Map<PrimaryCall, Queue<Reaction>> reactions = new ConcurrentHashMap<>();
    private final Deque<PrimaryStream> streams = new ConcurrentLinkedDeque<>();

    // Written by the test before it connects, read by the primary's threads.
    private volatile SystemIdentity identity = new SystemIdentity(
            new SystemIdentifier(7_000_000_000_000_000_001L), TimelineId.FIRST, Lsn.parse("0/3000000"), null);
    private volatile int pieceBytes;
    private volatile int serverMajor = 18;

    /** Says which major version of PostgreSQL the primary claims to be; 18 unless said otherwise. */
    @CanIgnoreReturnValue
    public PrimaryScript serverMajor(int major) {
        serverMajor = major;
        return this;
    }

    /** Says what {@code IDENTIFY_SYSTEM} answers. */
    @CanIgnoreReturnValue
    public PrimaryScript identity(SystemIdentity identity) {
        this.identity = identity;
        return this;
    }

    /** Says what {@code SHOW name} answers. */
    @CanIgnoreReturnValue
    public PrimaryScript setting(String name, String value) {
        settings.put(name, value);
        return this;
    }

    /** Says what {@code TIMELINE_HISTORY} answers; the file gets PostgreSQL's name. */
    @CanIgnoreReturnValue
    public PrimaryScript history(TimelineId timeline, byte[] content) {
        histories.put(timeline, content.clone());
        return this;
    }

    /** Adds a slot. */
    @CanIgnoreReturnValue
    public PrimaryScript slot(String name, SlotPosition position) {
        slots.put(name, position);
        return this;
    }

    /** Says what a command answers. */
    @CanIgnoreReturnValue
    public PrimaryScript result(String command, ExecResult result) {
        results.put(command, result);
        return this;
    }

    /** Adds what is done about the next call of that kind that has none yet. */
    @CanIgnoreReturnValue
    public PrimaryScript on(PrimaryCall call, Reaction reaction) {
        reactions.computeIfAbsent(call, key -> new ConcurrentLinkedQueue<>()).add(reaction);
        return this;
    }

    /** Has the next call of that kind fail. */
    @CanIgnoreReturnValue
    public PrimaryScript failOn(PrimaryCall call, ErrorFields fields) {
        return on(call, new Reaction.Fail(fields));
    }

    /** Adds what the next {@code START_REPLICATION} gets; once there is none left, it gets a silent stream. */
    @CanIgnoreReturnValue
    public PrimaryScript stream(PrimaryStream stream) {
        streams.add(stream);
        return this;
    }

    /**
     * Has all that is streamed cut in pieces of that size, whatever the frames: small ones split every frame, large ones
     * put many together. For a transport without frames of its own it means nothing.
     */
    @CanIgnoreReturnValue
    public PrimaryScript inPiecesOf(int bytes) {
        pieceBytes = bytes;
        return this;
    }

    /** Returns what the primary saw and did. */
    public PrimaryJournal journal() {
        return journal;
    }

    /** Returns the major version of PostgreSQL that the primary claims to be. */
    public int serverMajor() {
        return serverMajor;
    }

    /** Returns what {@code IDENTIFY_SYSTEM} answers. */
    public SystemIdentity identity() {
        return identity;
    }

    /** Returns the value of a setting, or null if there is none of that name. */
    public @Nullable String setting(String name) {
        return settings.get(name);
    }

    /** Returns a history file's content, or null if there is none. */
    public byte @Nullable [] history(TimelineId timeline) {
        return histories.get(timeline);
    }

    /** Returns the slots, by name; the primary changes them. */
    public Map<String, SlotPosition> slots() {
        return slots;
    }

    /** Returns what a command answers, or null if it is unknown. */
    public @Nullable ExecResult result(String command) {
        return results.get(command);
    }

    /** Takes the next reaction to a call, or null: answer it. */
    public @Nullable Reaction takeReaction(PrimaryCall call) {
        Queue<Reaction> queue = reactions.get(call);
        return queue == null ? null : queue.poll();
    }

    /** Takes the next stream. */
    public PrimaryStream takeStream() {
        PrimaryStream stream = streams.poll();
        return stream == null ? new PrimaryStream() : stream;
    }

    /** Returns the size to cut the stream into, or 0 to send each frame as it is. */
    public int pieceBytes() {
        return pieceBytes;
    }
}
