// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.core.error.ErrorFields;
import io.walcast.transport.CloseReason;
import io.walcast.transport.SessionPeer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What a session may do to its connection. Safe for use from any thread; all of it happens on the event loop. */
final class ConnectedPeer implements SessionPeer {
    private final FrontendConnection connection;
    private final Runnable woken = this::woken;
    private final AtomicBoolean wakePending = new AtomicBoolean();
    /** Confined to the event loop. */
    private @Nullable Runnable onWake;

    ConnectedPeer(FrontendConnection connection) {
        this.connection = connection;
    }

    /** Says what a wake-up is for; null for nothing. Confined to the event loop. */
    void onWake(@Nullable Runnable action) {
        onWake = action;
    }

    @Override
    public void wake() {
        if (wakePending.compareAndSet(false, true)) {
            connection.run(woken);
        }
    }

    private void woken() {
        wakePending.set(false);
        Runnable action = onWake;
        if (action != null) {
            action.run();
        }
    }

    @Override
    public void notice(ErrorFields fields) {
        connection.run(() -> {
            if (connection.channel().isWritable()) {
                connection.writeAndFlush(BackendMessages.notice(fields));
            }
        });
    }

    @Override
    public void parameterChanged(String name, String value) {
        connection.run(() -> connection.writeAndFlush(BackendMessages.parameterStatus(name, value)));
    }

    @Override
    public void terminate(ErrorFields fields) {
        connection.run(() -> {
            onWake = null;
            connection.leave(BackendMessages.error(fields), CloseReason.ENDED_BY_SERVER);
        });
    }

    @Override
    public void drop() {
        connection.run(() -> connection.close(CloseReason.ENDED_BY_SERVER));
    }
}
