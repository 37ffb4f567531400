// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.grpc;

import io.walcast.core.error.ConnectionException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.testkit.standby.FromServer;
import io.walcast.transport.EndResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream, as a receiver gets it. One owner thread. */
final class ReceivedCopy {
    private final ControlCalls calls;
    private boolean isDone;
    private boolean isServerGone;
    private boolean hasFailed;

    ReceivedCopy(ControlCalls calls) {
        this.calls = calls;
    }

    boolean hasFailed() {
        return hasFailed;
    }

    @Nullable
    ServerMessage receive() {
        while (!isDone) {
            FromServer message = calls.received();
            if (message == null || !GrpcConnection.isAside(message)) {
                return message == null ? null : received(message);
            }
        }
        return null;
    }

    private ServerMessage received(FromServer message) {
        if (message instanceof FromServer.Wal wal) {
            return new XLogData(wal.start(), wal.serverEnd(), wal.sentAt(), wal.bytes());
        } else if (message instanceof FromServer.Keepalive keepalive) {
            return new Keepalive(keepalive.walEnd(), keepalive.sentAt(), keepalive.replyRequested());
        } else if (message instanceof FromServer.CopyDone) {
            isDone = true;
            return new EndOfStream(EndOfStream.Reason.END_OF_TIMELINE);
        } else if (message instanceof FromServer.CommandComplete) {
            isDone = true;
            isServerGone = true;
            return new EndOfStream(EndOfStream.Reason.SHUTDOWN);
        }
        hasFailed = true;
        throw calls.failed(message);
    }

    /** gRPC says when its own buffers are full, and sets the latch when they are not. */
    boolean send(StandbyMessage message) {
        if (calls.session().hasEnded()) {
            throw calls.lose(new ConnectionException("server closed the connection unexpectedly", null));
        }
        if (!calls.session().hasRoom()) {
            return false;
        }
        calls.session().send(message);
        return true;
    }

    EndResult end() {
        if (isServerGone) {
            throw calls.lose(new ConnectionException("server has shut down", null));
        }
        calls.session().send(Frames.frame(Frames.COPY_DONE, new byte[0]));
        List<FromServer.DataRow> rows = calls.rest();
        return GrpcConnection.endResult(rows);
    }
}
