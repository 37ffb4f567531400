// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** Moves the bytes of one direction of one connection. Confined to its thread, but for what it asks the switch. */
final class Pump implements Runnable {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int SLICES_PER_SECOND = 50;

    /** What a wait may take longer than it should is made up for, up to this. */
    private static final long MOST_CREDIT_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Direction direction;
    private final Socket from;
    private final Socket to;
    private final BehaviourSwitch behaviours;
    private final Tap.Wire wire;
    private final Ender ender;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private Behaviour behaviour = Behaviour.PASS;
    private long version = -1;
    private long offset;
    private long sentUpToNs = System.nanoTime();

    Pump(Direction direction, Socket from, Socket to, BehaviourSwitch behaviours, Tap.Wire wire, Ender ender) {
        this.direction = direction;
        this.from = from;
        this.to = to;
        this.behaviours = behaviours;
        this.wire = wire;
        this.ender = ender;
    }

    /** Ends both sides of the connection. */
    interface Ender {
        void end(Ending ending);

        boolean hasEnded();
    }

    @Override
    public void run() {
        try (DelayLine line = new DelayLine(to.getOutputStream())) {
            InputStream in = from.getInputStream();
            for (int length = read(in); length >= 0; length = read(in)) {
                wire.seen(direction, ByteBuffer.wrap(buffer, 0, length).asReadOnlyBuffer());
                forward(line, length);
            }
            line.drain();
            to.shutdownOutput();
        } catch (IOException e) {
            ender.end(Ending.RST);
        } catch (InterruptedException e) {
            ender.end(Ending.RST);
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            ender.end(Ending.RST);
            throw e;
        }
    }

    private int read(InputStream in) throws IOException, InterruptedException {
        awaitFlow();
        return in.read(buffer);
    }

    /** Waits while this direction is stopped. Called before a read and after it, as a read may wait long itself. */
    private void awaitFlow() throws IOException, InterruptedException {
        refresh();
        while (behaviour.flow() == Behaviour.Flow.STOP) {
            behaviours.awaitChange(version, Long.MAX_VALUE, ender);
            refresh();
        }
    }

    private void refresh() throws IOException {
        if (ender.hasEnded()) {
            throw new IOException("connection was ended");
        }
        BehaviourSwitch.Versioned current = behaviours.current(direction);
        if (current.version() != version) {
            behaviour = current.behaviour();
            version = current.version();
            offset = 0;
        }
    }

    private void forward(DelayLine line, int length) throws IOException, InterruptedException {
        awaitFlow();
        if (!behaviour.delay().isZero()) {
            pause(behaviour.delay().toNanos());
        }
        int done = 0;
        while (done < length) {
            awaitFlow();
            int piece = pieceLength(length - done);
            if (behaviour.flow() == Behaviour.Flow.PASS) {
                corrupt(done, piece);
                line.write(buffer, done, piece, behaviour.latency());
            }
            done += piece;
            offset += piece;
            if (behaviour.cutAfterBytes() >= 0 && offset >= behaviour.cutAfterBytes()) {
                line.drain();
                ender.end(behaviour.ending());
                return;
            }
            if (behaviour.bytesPerSecond() > 0) {
                sentUpToNs = Math.max(sentUpToNs, System.nanoTime() - MOST_CREDIT_NS)
                        + TimeUnit.SECONDS.toNanos(piece) / behaviour.bytesPerSecond();
                pause(sentUpToNs - System.nanoTime());
            }
        }
    }

    private int pieceLength(int available) {
        long piece = available;
        if (behaviour.pieceBytes() > 0) {
            piece = Math.min(piece, behaviour.pieceBytes());
        }
        if (behaviour.bytesPerSecond() > 0) {
            piece = Math.min(piece, Math.max(1, behaviour.bytesPerSecond() / SLICES_PER_SECOND));
        }
        if (behaviour.cutAfterBytes() >= 0) {
            piece = Math.min(piece, behaviour.cutAfterBytes() - offset);
        }
        return (int) Math.max(0, piece);
    }

    private void corrupt(int start, int length) {
        long at = behaviour.corruptAt() - offset;
        if (behaviour.corruptAt() >= 0 && at >= 0 && at < length) {
            buffer[start + (int) at] ^= (byte) 0xFF;
        }
    }

    /** Waits, but no longer than this behaviour lasts. */
    private void pause(long nanos) throws InterruptedException {
        behaviours.awaitChange(version, nanos, ender);
    }
}
