// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.transport.EndResult;
import java.util.concurrent.CountDownLatch;

/** One thing a scripted primary does while it streams. */
public sealed interface PrimaryStep {

    /**
     * Does it.
     *
     * @return whether the stream goes on
     */
    boolean playOn(PrimaryOutlet outlet);

    /** Sends WAL or a keepalive; blocks while there is no room. */
    record Send(ServerMessage message) implements PrimaryStep {
        public Send {
            requireNonNull(message, "message");
        }

        @Override
        public boolean playOn(PrimaryOutlet outlet) {
            return outlet.send(message);
        }
    }

    /** Sends nothing until {@code gate} opens. */
    record Hold(CountDownLatch gate) implements PrimaryStep {
        public Hold {
            requireNonNull(gate, "gate");
        }

        @Override
        public boolean playOn(PrimaryOutlet outlet) {
            return outlet.hold(gate);
        }
    }

    /** Neither sends nor reads until {@code gate} opens. */
    record Deaf(CountDownLatch gate) implements PrimaryStep {
        public Deaf {
            requireNonNull(gate, "gate");
        }

        @Override
        public boolean playOn(PrimaryOutlet outlet) {
            outlet.setReading(false);
            boolean open = outlet.hold(gate);
            outlet.setReading(true);
            return open;
        }
    }

    /** Ends the stream because the timeline ended; {@code end} is told when the receiver has agreed. */
    record EndOfTimeline(EndResult end) implements PrimaryStep {
        public EndOfTimeline {
            requireNonNull(end, "end");
        }

        @Override
        public boolean playOn(PrimaryOutlet outlet) {
            outlet.endOfTimeline(end);
            return false;
        }
    }

    /** Ends the stream and the connection as a server does that shuts down. */
    record Shutdown() implements PrimaryStep {
        @Override
        public boolean playOn(PrimaryOutlet outlet) {
            outlet.shutdown();
            return false;
        }
    }

    /** Ends the stream with an error; one of severity FATAL ends the connection too. */
    record Fail(ErrorFields fields) implements PrimaryStep {
        public Fail {
            requireNonNull(fields, "fields");
        }

        @Override
        public boolean playOn(PrimaryOutlet outlet) {
            outlet.fail(fields);
            return false;
        }
    }

    /** Ends the connection without a word. */
    record Drop() implements PrimaryStep {
        @Override
        public boolean playOn(PrimaryOutlet outlet) {
            outlet.drop();
            return false;
        }
    }
}
