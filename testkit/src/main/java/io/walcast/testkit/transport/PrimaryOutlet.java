// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.transport.EndResult;
import java.util.concurrent.CountDownLatch;

/**
 * How a scripted primary streams over one transport: what {@link PrimaryStep}s are played on.
 *
 * <p>Threading: one thread plays.
 */
public interface PrimaryOutlet {

    /** Sends, waiting for room; returns false if the stream was ended by the receiver meanwhile. */
    boolean send(ServerMessage message);

    /** Waits for {@code gate}; returns false if the stream was ended by the receiver meanwhile. */
    boolean hold(CountDownLatch gate);

    /** Says whether what the receiver sends is read. */
    void setReading(boolean reading);

    /** Ends the stream; {@code end} is what the receiver learns when it agrees. */
    void endOfTimeline(EndResult end);

    /** Ends the stream and the connection in good order. */
    void shutdown();

    /** Ends the stream with an error. */
    void fail(ErrorFields fields);

    /** Ends the connection without a word. */
    void drop();
}
