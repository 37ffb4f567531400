// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import io.walcast.core.TimelineId;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.StandbyMessage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a sending server (PostgreSQL's {@code walrcv_*} functions).
 *
 * <p>Threading: one owner thread makes all calls but {@link #close}, which any thread may make. The control calls block
 * until done, deadline, cancellation or close. {@link #receive} and {@link #send} never block; when they had nothing to
 * give or no room, the latch of {@link ConnectOptions#latch} is set as soon as that changes. Not calling
 * {@link #receive} is the back-pressure: at most {@link ConnectOptions#windowBytes} are buffered meanwhile.
 *
 * <p>Errors of every call: {@link io.walcast.core.error.ConnectionException} when the connection is lost, closed or
 * silent past the deadline, {@link io.walcast.core.error.ServerErrorException} with the server's own SQLSTATE (after an
 * ERROR the connection can be used again), {@link io.walcast.core.error.ProtocolViolationException} for bytes that
 * cannot be, after which only {@link #close} makes sense.
 */
public interface WalReceiverConnection extends AutoCloseable {

    /** Returns who the server is. */
    SenderInfo senderInfo();

    /** Runs {@code IDENTIFY_SYSTEM}. */
    SystemIdentity identifySystem();

    /** Runs {@code SHOW} and returns the one value. */
    String show(String parameter);

    /** Runs {@code TIMELINE_HISTORY}; the file's content as the server has it, not parsed, at most 1 MB. */
    TimelineHistoryFile readTimelineHistory(TimelineId timeline);

    /**
     * Runs {@code READ_REPLICATION_SLOT} (servers from 15 on).
     *
     * @return the slot, or empty if the server has none of that name
     */
    Optional<SlotPosition> readSlot(String slot);

    /** Runs {@code CREATE_REPLICATION_SLOT} in the syntax of the server's version. */
    CreatedSlot createSlot(CreateSlot options);

    /** Runs {@code ALTER_REPLICATION_SLOT} (servers from 17 on). */
    void alterSlot(AlterSlot options);

    /** Runs {@code DROP_REPLICATION_SLOT}; with {@code wait}, until nobody uses the slot. */
    void dropSlot(String slot, boolean wait);

    /** Runs {@code START_REPLICATION}. */
    StartResult startStreaming(StreamOptions options);

    /**
     * Returns the next message, or null if there is none now; the latch will be set when there is.
     *
     * <p>The payload of WAL data is lent until this thread's next call on the connection. A transport may split a message
     * of the wire. After {@link ServerMessage.EndOfStream} nothing more comes.
     */
    @Nullable
    ServerMessage receive();

    /**
     * Hands over a message for the server.
     *
     * @return false if it was not taken because the peer does not read; the latch is set when there is room. A message
     *     that was taken but not yet written may be replaced by a newer one of its kind.
     */
    boolean send(StandbyMessage message);

    /**
     * Ends streaming from our side, or acknowledges the server's end, and drops what still arrives.
     *
     * @return what follows the timeline, if the server said so
     */
    EndResult endStreaming();

    /**
     * Runs any command and returns its rows.
     *
     * @param maxBytes limit for the whole answer; above it the connection is given up with SQLSTATE 54000. A transport may
     *     have a limit of its own for one row, of no less than 1 MB (gRPC has that), which ends the connection likewise
     */
    ExecResult exec(String command, int maxBytes);

    /**
     * Ends the connection. Idempotent, from any thread, never blocks for long: it marks and wakes; a lent payload stays
     * valid until the owner's next call, which fails. An owner that holds one makes that call, or closes itself: only then
     * is it released.
     */
    @Override
    void close();
}
