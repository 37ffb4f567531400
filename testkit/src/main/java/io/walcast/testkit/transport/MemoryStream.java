// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.ipc.Latch;
import io.walcast.transport.EndResult;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream in memory: a bounded queue each way between the primary's thread, which plays the script, and the receiver.
 *
 * <p>Threading: {@link #run} and the outlet's methods on the primary's thread, {@link #end} from any, the rest by the
 * connection's owner.
 */
final class MemoryStream implements PrimaryOutlet, Runnable {
    private static final int MAX_UNREAD = 16;
    private static final long GATE_POLL_MS = 10;

    private final Object lock = new Object();
    private final PrimaryStream script;
    private final PrimaryJournal journal;
    private final Latch receiverLatch;
    private final int windowBytes;

    @GuardedBy("lock")
    private final Deque<ServerMessage> sent = new ArrayDeque<>();

    @GuardedBy("lock")
    private final Deque<StandbyMessage> unread = new ArrayDeque<>();

    @GuardedBy("lock")
    private int bufferedBytes;

    @GuardedBy("lock")
    private boolean reading = true;

    @GuardedBy("lock")
    private boolean ended;

    @GuardedBy("lock")
    private @Nullable WalException failure;

    @GuardedBy("lock")
    private EndResult end = EndResult.NONE;

    MemoryStream(PrimaryStream script, PrimaryJournal journal, Latch receiverLatch, int windowBytes) {
        this.script = script;
        this.journal = journal;
        this.receiverLatch = receiverLatch;
        this.windowBytes = windowBytes;
    }

    @Override
    public void run() {
        script.playOn(this);
    }

    /** Returns the next message, or null; what went wrong comes after the last message. */
    @Nullable
    ServerMessage poll() {
        synchronized (lock) {
            ServerMessage message = sent.poll();
            if (message != null) {
                bufferedBytes -= payloadBytes(message);
                lock.notifyAll();
                return message;
            }
            if (failure != null) {
                throw failure;
            }
            return null;
        }
    }

    /** Takes a message for the primary unless too many wait for it to read. */
    boolean offer(StandbyMessage message) {
        synchronized (lock) {
            if (unread.size() >= MAX_UNREAD) {
                return false;
            }
            unread.add(message);
            readWhatWaits();
            return true;
        }
    }

    /** Stops the primary's thread and returns what it said follows the timeline. */
    EndResult end() {
        synchronized (lock) {
            ended = true;
            sent.clear();
            lock.notifyAll();
            return end;
        }
    }

    @Override
    public boolean send(ServerMessage message) {
        synchronized (lock) {
            int bytes = payloadBytes(message);
            while (!ended && bufferedBytes > 0 && bufferedBytes + bytes > windowBytes) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            if (ended) {
                return false;
            }
            bufferedBytes += bytes;
            journal.sent();
            enqueue(message);
            return true;
        }
    }

    @GuardedBy("lock")
    private void enqueue(ServerMessage message) {
        sent.add(message);
        receiverLatch.set();
    }

    private static int payloadBytes(ServerMessage message) {
        return message instanceof XLogData data ? data.payload().remaining() : 0;
    }

    @Override
    public boolean hold(CountDownLatch gate) {
        try {
            while (!isEnded()) {
                if (gate.await(GATE_POLL_MS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private boolean isEnded() {
        synchronized (lock) {
            return ended;
        }
    }

    @Override
    public void setReading(boolean reading) {
        synchronized (lock) {
            this.reading = reading;
            readWhatWaits();
        }
    }

    @GuardedBy("lock")
    private void readWhatWaits() {
        if (!reading) {
            return;
        }
        boolean wasFull = unread.size() >= MAX_UNREAD;
        unread.forEach(journal::received);
        unread.clear();
        if (wasFull) {
            receiverLatch.set();
        }
    }

    @Override
    public void endOfTimeline(EndResult end) {
        synchronized (lock) {
            this.end = end;
            enqueue(new EndOfStream(EndOfStream.Reason.END_OF_TIMELINE));
        }
    }

    @Override
    public void shutdown() {
        synchronized (lock) {
            enqueue(new EndOfStream(EndOfStream.Reason.SHUTDOWN));
        }
    }

    @Override
    public void fail(ErrorFields fields) {
        failWith(new ServerErrorException(fields));
    }

    @Override
    public void drop() {
        failWith(new ConnectionException("server closed the connection unexpectedly", null));
    }

    private void failWith(WalException reason) {
        synchronized (lock) {
            failure = reason;
            receiverLatch.set();
        }
    }
}
