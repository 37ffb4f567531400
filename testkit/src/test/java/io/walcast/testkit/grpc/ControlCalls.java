// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.testkit.standby.BackendMessage;
import io.walcast.testkit.standby.CommandWriter;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.FromServer.DataRow;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.ConnectOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A call's messages, with deadlines, cancellation, and what goes wrong as exceptions. One owner; {@link #close} from any. */
final class ControlCalls {
    private static final Duration POLL = Duration.ofMillis(20);

    private final ConnectOptions options;
    private final ClientSession session;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable WalException lost;
    private boolean readyDue;

    ControlCalls(InetSocketAddress address, ConnectOptions options) {
        this.options = options;
        options.cancellation().check("connect");
        this.session = new ClientSession(
                address, options.windowBytesOr(4 << 20), () -> options.latch().set());
    }

    /** What came for a command, up to the begin of a stream. */
    record Answer(List<String> columns, List<DataRow> rows, String tag, boolean streams) {}

    Greeting.Begun begin(StandbyLogin login) {
        session.send(Greeting.startup(login));
        byte[] first = await("connect", deadline());
        if (Frames.tag(first) == Frames.BEGUN) {
            return Greeting.begun(first);
        }
        throw failed(decode(first));
    }

    private long deadline() {
        long timeoutNs = options.timeout().toNanos();
        return System.nanoTime() + (timeoutNs == 0 ? Long.MAX_VALUE / 2 : timeoutNs);
    }

    Answer run(ReplicationCommand command, int maxBytes) {
        long deadlineNs = deadline();
        options.cancellation().check(command.toString());
        while (readyDue) {
            readyDue = !(message("ready", deadlineNs) instanceof FromServer.Ready);
        }
        session.send(Frames.frame(Frames.COMMAND, CommandWriter.text(command).getBytes(UTF_8)));
        return answer(command.toString(), deadlineNs, maxBytes);
    }

    private Answer answer(String what, long deadlineNs, int maxBytes) {
        List<String> columns = new ArrayList<>();
        List<DataRow> rows = new ArrayList<>();
        String tag = "";
        long bytes = 0;
        while (true) {
            FromServer message = message(what, deadlineNs);
            if (message instanceof FromServer.RowDescription description) {
                description.columns().forEach(column -> columns.add(column.name()));
            } else if (message instanceof DataRow row) {
                bytes += row.values().stream()
                        .mapToLong(v -> v == null ? 0 : v.length)
                        .sum();
                rows.add(row);
            } else if (message instanceof FromServer.CommandComplete complete) {
                tag = complete.tag();
            } else if (message instanceof FromServer.CopyBoth) {
                return new Answer(columns, rows, tag, true);
            } else if (message instanceof FromServer.Ready) {
                return new Answer(columns, rows, tag, false);
            }
            if (bytes > maxBytes) {
                throw lose(new ProtocolViolationException(
                        SqlState.PROGRAM_LIMIT_EXCEEDED, "answer: above %d bytes".formatted(maxBytes)));
            }
        }
    }

    /** Waits for the rest of an answer, and returns its rows. */
    List<DataRow> rest() {
        return answer("the end of the stream", deadline(), Integer.MAX_VALUE).rows();
    }

    /** Waits for a message that is not an error. */
    FromServer message(String what, long deadlineNs) {
        FromServer message = decode(await(what, deadlineNs));
        if (message instanceof FromServer.Failed) {
            throw failed(message);
        }
        return message;
    }

    private byte[] await(String what, long deadlineNs) {
        while (true) {
            byte[] frame = session.poll(POLL);
            if (frame != null) {
                return frame;
            }
            if (options.cancellation().isRequested()) {
                lose(new ConnectionException(what + ": canceled", null));
                options.cancellation().check(what);
            }
            if (session.hasEnded()) {
                throw lose(new ConnectionException("server closed the connection unexpectedly", null));
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw lose(new ConnectionException(what + ": no answer in time", null));
            }
        }
    }

    /** Returns a message that has come, or null. */
    @Nullable
    FromServer received() {
        byte[] frame = session.poll(Duration.ZERO);
        if (frame != null) {
            return decode(frame);
        }
        if (session.hasEnded()) {
            throw lose(new ConnectionException("server closed the connection unexpectedly", null));
        }
        return null;
    }

    private FromServer decode(byte[] frame) {
        FromServer message = new BackendMessage(Frames.tag(frame), Frames.body(frame)).decode();
        if (message instanceof FromServer.Notice notice) {
            options.noticeListener().accept(notice.fields());
        }
        return message;
    }

    WalException failed(FromServer message) {
        if (!(message instanceof FromServer.Failed failed)) {
            return lose(new ProtocolViolationException("unexpected message " + message));
        }
        ServerErrorException error = new ServerErrorException(failed.fields());
        if (failed.fields().severity().equals("ERROR")) {
            readyDue = true;
            return error;
        }
        return lose(error);
    }

    @CanIgnoreReturnValue
    WalException lose(WalException reason) {
        lost = reason;
        session.cut();
        return reason;
    }

    ClientSession session() {
        return session;
    }

    void check() {
        if (closed.get()) {
            throw new ConnectionException("connection is closed", null);
        }
        if (lost != null) {
            throw new ConnectionException("connection is lost: " + lost.getMessage(), lost);
        }
    }

    void close() {
        if (closed.compareAndSet(false, true)) {
            session.cut();
            options.latch().set();
        }
    }
}
