// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.testkit.service.WalRun;
import io.walcast.transport.EndResult;
import io.walcast.transport.Outbound;
import io.walcast.transport.Reply;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.WalStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream that a thread plays from a script, and a transport pulls.
 *
 * <p>Threading: {@link #run} and the outlet's methods on the primary's thread, the rest as {@link WalStream} says.
 */
final class PlayedStream implements WalStream, PrimaryOutlet, Runnable {
    private static final int MAX_WAITING = 2;
    private static final long GATE_POLL_MS = 10;

    private final Object lock = new Object();
    private final PrimaryStream script;
    private final PrimaryJournal journal;
    private final SessionPeer peer;
    private final Reply reply;

    @GuardedBy("lock")
    private final Deque<Turn> turns = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean reading = true;

    @GuardedBy("lock")
    private boolean over;

    @GuardedBy("lock")
    private boolean peerDone;

    @GuardedBy("lock")
    private EndResult end = EndResult.NONE;

    PlayedStream(PrimaryStream script, PrimaryJournal journal, SessionPeer peer, Reply reply) {
        this.script = script;
        this.journal = journal;
        this.peer = peer;
        this.reply = reply;
    }

    /** What a call of {@link #next} does: hands something out, in pieces it may be, or acts. */
    private record Turn(@Nullable WalRun run, @Nullable Runnable action) {}

    @Override
    public void run() {
        script.playOn(this);
    }

    @Override
    public boolean send(ServerMessage message) {
        WalRun run;
        if (message instanceof XLogData data) {
            byte[] wal = new byte[data.payload().remaining()];
            data.payload().duplicate().get(wal);
            run = WalRun.buffered(data.start(), wal, Math.max(1, wal.length));
        } else if (message instanceof Keepalive keepalive) {
            run = WalRun.of(
                    new Outbound.Keepalive(keepalive.serverEnd(), keepalive.sentAt(), keepalive.replyRequested()));
        } else {
            throw new IllegalArgumentException("message: " + message + " (expected: WAL or a keepalive)");
        }
        return add(new Turn(run, journal::sent));
    }

    private boolean add(Turn turn) {
        synchronized (lock) {
            while (!over && turns.size() >= MAX_WAITING) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            turns.add(turn);
        }
        peer.wake();
        return !isOver();
    }

    @Override
    public @Nullable Outbound next(int maxBytes) {
        Turn turn;
        Outbound outbound = null;
        synchronized (lock) {
            if (peerDone) {
                return new Outbound.CopyDone();
            }
            turn = turns.peek();
            if (turn == null) {
                return null;
            }
            WalRun run = turn.run();
            if (run != null) {
                outbound = run.take(maxBytes);
            }
            if (run == null || run.isEmpty()) {
                turns.remove();
                lock.notifyAll();
            } else {
                turn = new Turn(run, null);
            }
        }
        if (turn.action() != null) {
            turn.action().run();
        }
        return outbound;
    }

    @Override
    public boolean hold(CountDownLatch gate) {
        try {
            while (!isOver()) {
                if (gate.await(GATE_POLL_MS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private boolean isOver() {
        synchronized (lock) {
            return over;
        }
    }

    @Override
    public void setReading(boolean reading) {
        synchronized (lock) {
            this.reading = reading;
            lock.notifyAll();
        }
    }

    /** Waits while the script says that nothing is read. */
    void awaitReading() {
        synchronized (lock) {
            while (!reading && !over) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    @Override
    public void endOfTimeline(EndResult end) {
        synchronized (lock) {
            this.end = end;
        }
        add(new Turn(WalRun.of(new Outbound.CopyDone()), null));
    }

    @Override
    public void shutdown() {
        add(new Turn(WalRun.of(new Outbound.Shutdown()), null));
    }

    @Override
    public void fail(ErrorFields fields) {
        add(new Turn(null, () -> reply.error(fields)));
    }

    @Override
    public void drop() {
        add(new Turn(null, peer::drop));
    }

    @Override
    public void peerCopyDone() {
        synchronized (lock) {
            peerDone = true;
        }
    }

    @Override
    public void ended() {
        EndResult answer;
        synchronized (lock) {
            answer = end;
        }
        end();
        PrimaryPlayer.endOfStream(reply, answer);
    }

    /** Stops the thread. */
    void end() {
        synchronized (lock) {
            over = true;
            lock.notifyAll();
        }
    }
}
