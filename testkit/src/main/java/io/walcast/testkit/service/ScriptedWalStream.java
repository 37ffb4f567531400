// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.service;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.transport.Outbound;
import io.walcast.transport.Outbound.CopyDone;
import io.walcast.transport.Outbound.Shutdown;
import io.walcast.transport.WalStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream that hands out what a test gave it. It checks that it is asked only as long as it is open, for enough bytes, and
 * ended once, when both directions are done.
 *
 * <p>Safe for use from any thread.
 */
public final class ScriptedWalStream implements WalStream {
    private static final int LEAST_BYTES = 8192;

    private final Object lock = new Object();
    private final ScriptedSession session;
    private final CallGuard guard;

    @GuardedBy("lock")
    private final Deque<WalRun> runs = new ArrayDeque<>();

    @GuardedBy("lock")
    private final List<ScriptedChunk> chunks = new ArrayList<>();

    @GuardedBy("lock")
    private long handedOutBytes;

    @GuardedBy("lock")
    private long asked;

    @GuardedBy("lock")
    private boolean done;

    @GuardedBy("lock")
    private int peerDone;

    @GuardedBy("lock")
    private int ended;

    @GuardedBy("lock")
    private boolean over;

    // Written by the test, read by the transport's threads.
    private volatile Runnable onNext = () -> {};
    private volatile Runnable onEnded = () -> {};

    ScriptedWalStream(ScriptedSession session, CallGuard guard) {
        this.session = session;
        this.guard = guard;
    }

    /** Adds something to hand out, and tells nobody. */
    @CanIgnoreReturnValue
    public ScriptedWalStream add(WalRun run) {
        synchronized (lock) {
            runs.add(run);
        }
        return this;
    }

    /** Adds something else than WAL to hand out, and tells nobody. */
    @CanIgnoreReturnValue
    public ScriptedWalStream add(Outbound outbound) {
        return add(WalRun.of(outbound));
    }

    /** Has the transport ask again. */
    @CanIgnoreReturnValue
    public ScriptedWalStream wake() {
        session.peer().wake();
        return this;
    }

    /** Says what to do in every call of {@link #next}, before anything else. */
    @CanIgnoreReturnValue
    public ScriptedWalStream onNext(Runnable action) {
        onNext = action;
        return this;
    }

    /** Says what to do when the stream has ended: to answer on, mostly. */
    @CanIgnoreReturnValue
    public ScriptedWalStream onEnded(Runnable action) {
        onEnded = action;
        return this;
    }

    @Override
    public @Nullable Outbound next(int maxBytes) {
        return guard.get("next", () -> {
            check(maxBytes);
            onNext.run();
            return take(maxBytes);
        });
    }

    private void check(int maxBytes) {
        synchronized (lock) {
            asked++;
            if (maxBytes < LEAST_BYTES) {
                guard.complain("next(" + maxBytes + ")");
            }
            if (done || over || ended > 0) {
                guard.complain("next after the end of the stream");
            }
        }
    }

    private @Nullable Outbound take(int maxBytes) {
        synchronized (lock) {
            Outbound outbound = nextOutbound(maxBytes);
            if (outbound instanceof ScriptedChunk chunk) {
                chunks.add(chunk);
                handedOutBytes += chunk.length();
            }
            done = outbound instanceof CopyDone || outbound instanceof Shutdown;
            return outbound;
        }
    }

    @GuardedBy("lock")
    private @Nullable Outbound nextOutbound(int maxBytes) {
        if (peerDone > 0) {
            return new CopyDone();
        }
        WalRun run = runs.peek();
        if (run == null) {
            return null;
        }
        Outbound outbound = run.take(maxBytes);
        if (run.isEmpty()) {
            runs.remove();
        }
        return outbound;
    }

    @Override
    public void peerCopyDone() {
        guard.run("peerCopyDone", () -> {
            synchronized (lock) {
                if (++peerDone > 1 || over || ended > 0) {
                    guard.complain("peerCopyDone after the end of the stream");
                }
            }
        });
    }

    @Override
    public void ended() {
        guard.run("ended", () -> {
            synchronized (lock) {
                if (++ended > 1 || over) {
                    guard.complain("ended after the end of the stream");
                }
                if (!done || peerDone == 0) {
                    guard.complain("ended before both sides were done");
                }
            }
            onEnded.run();
        });
    }

    /** The command has ended in an error. */
    void over() {
        synchronized (lock) {
            over = true;
        }
    }

    /** Returns how often the transport has asked. */
    public long asked() {
        synchronized (lock) {
            return asked;
        }
    }

    /** Returns how much WAL was handed out. */
    public long handedOutBytes() {
        synchronized (lock) {
            return handedOutBytes;
        }
    }

    /** Returns whether it was ended. */
    public boolean hasEnded() {
        synchronized (lock) {
            return ended > 0;
        }
    }

    /** Returns the chunks that were handed out. */
    public List<ScriptedChunk> chunks() {
        synchronized (lock) {
            return List.copyOf(chunks);
        }
    }
}
