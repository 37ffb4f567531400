// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What a proxy does to the bytes of one direction. Properties combine; only {@link #PASS}, {@link #BLACK_HOLE}, {@link
 * #STOPPED} and the {@code with} methods are API.
 *
 * <p>Offsets count, on each connection, from when it got this behaviour: from its first byte if it was opened later.
 *
 * @param flow whether bytes are forwarded
 * @param delay how long after a read its bytes are forwarded; reads are not overlapped, so this limits the rate too
 * @param latency how long bytes are on their way, as on a long line: others follow meanwhile
 * @param bytesPerSecond the rate, or 0 for no limit
 * @param pieceBytes the most that is written at once, each in a packet of its own, or 0 for no limit
 * @param cutAfterBytes after how many bytes both sides of the connection are ended, or -1 for never
 * @param ending how they are ended
 * @param corruptAt the offset of a byte to change, or -1 for none
 */
public record Behaviour(
        Flow flow,
        Duration delay,
        Duration latency,
        long bytesPerSecond,
        int pieceBytes,
        long cutAfterBytes,
        Ending ending,
        long corruptAt) {

    /** Forwards all as it comes. */
    public static final Behaviour PASS =
            new Behaviour(Flow.PASS, Duration.ZERO, Duration.ZERO, 0, 0, -1, Ending.RST, -1);

    /** Reads and forgets: neither side learns that the other is out of reach. */
    public static final Behaviour BLACK_HOLE =
            new Behaviour(Flow.DROP, Duration.ZERO, Duration.ZERO, 0, 0, -1, Ending.RST, -1);

    /** Stops reading, so that the sender's window fills; nothing is lost, and all goes on with the next behaviour. */
    public static final Behaviour STOPPED =
            new Behaviour(Flow.STOP, Duration.ZERO, Duration.ZERO, 0, 0, -1, Ending.RST, -1);

    /** Checks the components. */
    public Behaviour {
        requireNonNull(flow, "flow");
        requireNonNull(delay, "delay");
        requireNonNull(latency, "latency");
        requireNonNull(ending, "ending");
    }

    /** Returns a copy that forwards what it reads only after {@code time}. */
    public Behaviour withDelay(Duration time) {
        return new Behaviour(flow, time, latency, bytesPerSecond, pieceBytes, cutAfterBytes, ending, corruptAt);
    }

    /** Returns a copy that forwards what it reads after {@code time}, and reads on meanwhile. */
    public Behaviour withLatency(Duration time) {
        return new Behaviour(flow, delay, time, bytesPerSecond, pieceBytes, cutAfterBytes, ending, corruptAt);
    }

    /** Returns a copy that forwards no more than {@code rate} bytes per second. */
    public Behaviour withThrottle(long rate) {
        return new Behaviour(flow, delay, latency, rate, pieceBytes, cutAfterBytes, ending, corruptAt);
    }

    /** Returns a copy that forwards pieces of at most {@code bytes}. */
    public Behaviour withPieces(int bytes) {
        return new Behaviour(flow, delay, latency, bytesPerSecond, bytes, cutAfterBytes, ending, corruptAt);
    }

    /** Returns a copy that forwards {@code bytes} and then ends the connection. */
    public Behaviour withCutAfter(long bytes, Ending how) {
        return new Behaviour(flow, delay, latency, bytesPerSecond, pieceBytes, bytes, how, corruptAt);
    }

    /** Returns a copy that inverts the byte at {@code offset}. */
    public Behaviour withCorruptionAt(long offset) {
        return new Behaviour(flow, delay, latency, bytesPerSecond, pieceBytes, cutAfterBytes, ending, offset);
    }

    /** Whether bytes are forwarded. */
    public enum Flow {
        /** They are. */
        PASS,
        /** They are read and dropped. */
        DROP,
        /** They are not read. */
        STOP
    }
}
