// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.walcast.core.error.ErrorFields;
import io.walcast.transport.CloseReason;
import io.walcast.transport.Reply;
import io.walcast.transport.WalStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one command. Always by way of the event loop's queue, which keeps the order whatever threads it comes from;
 * it goes out when it is complete.
 */
final class CommandReply implements Reply {
    private final FrontendConnection connection;
    private final SessionPhase session;
    /** Confined to the event loop. */
    private boolean ended;

    CommandReply(FrontendConnection connection, SessionPhase session) {
        this.connection = connection;
        this.session = session;
    }

    @Override
    public void rowDescription(List<Column> columns) {
        send(BackendMessages.rowDescription(columns));
    }

    @Override
    public void dataRow(List<byte @Nullable []> values) {
        send(BackendMessages.dataRow(values));
    }

    @Override
    public void commandComplete(String tag) {
        send(BackendMessages.commandComplete(tag));
    }

    private void send(ByteBuf message) {
        unlessEnded(() -> connection.write(message));
    }

    @Override
    public void copyBoth(WalStream stream) {
        unlessEnded(() -> session.beginCopy(stream));
    }

    @Override
    public void error(ErrorFields fields) {
        unlessEnded(() -> {
            ended = true;
            if (fields.severity().equals("ERROR")) {
                connection.writeAndFlush(BackendMessages.errorAndReady(fields));
                session.commandEnded();
            } else {
                session.commandEnded();
                connection.leave(BackendMessages.error(fields), CloseReason.ENDED_BY_SERVER);
            }
        });
    }

    @Override
    public void ready() {
        unlessEnded(() -> {
            ended = true;
            connection.writeAndFlush(BackendMessages.readyForQuery());
            session.commandEnded();
        });
    }

    private void unlessEnded(Runnable work) {
        connection.run(() -> {
            if (!ended) {
                work.run();
            }
        });
    }
}
