// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.WalException;
import io.walcast.ipc.WalRcvState;
import io.walcast.transport.SenderInfo;
import java.time.Duration;

/**
 * Told of what changes in a receiver's life. Called on the receiver's threads, so an implementation returns soon and
 * does not throw.
 */
public interface WalReceiverListener {
    /** A listener that ignores everything. */
    WalReceiverListener NONE = new WalReceiverListener() {};

    /** The state changed. */
    default void onState(WalRcvState from, WalRcvState to) {}

    /** The server let us in. */
    default void onConnected(SenderInfo sender) {}

    /** Streaming is about to start or to start again. */
    default void onStreaming(TimelineId timeline, Lsn start) {}

    /** A segment is complete; {@code end} is the first position after it. */
    default void onSegmentFinished(TimelineId timeline, Lsn end) {}

    /** The stream goes on with another timeline; {@code switchPoint} is where it begins. */
    default void onTimelineSwitch(TimelineId from, TimelineId to, Lsn switchPoint) {}

    /** Everything before {@code flushed} is durable. */
    default void onFlush(Lsn flushed) {}

    /** The disk is full and receiving pauses, or there is room again. */
    default void onDiskFull(boolean full) {}

    /** Something is odd, but not an error. */
    default void onWarning(String message) {}

    /** A supervised receiver lost its session and will try again after {@code pause}. */
    default void onRetry(WalException reason, Duration pause) {}
}
