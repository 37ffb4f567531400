// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.command.ReplicationCommand.Show;
import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.core.Lsn;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.transport.CloseReason;
import io.walcast.transport.Outbound;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.Reply;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.WalStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Answers the few commands of a physical receiver. */
final class FakeSession implements ReplicationSession {
    final SessionRequest request;
    final SessionPeer peer;
    final BlockingQueue<StandbyMessage> received = new LinkedBlockingQueue<>();
    final BlockingQueue<CloseReason> closed = new LinkedBlockingQueue<>();
    final BlockingQueue<Reply> streams = new LinkedBlockingQueue<>();
    /** Handed out before anything else; set by tests, taken by the stream. */
    final BlockingQueue<Outbound> outbounds = new LinkedBlockingQueue<>();
    /** What the stream throws when it is asked next; set by tests. */
    final BlockingQueue<Runnable> failures = new LinkedBlockingQueue<>();

    private final FakeService service;
    private final int pid;

    FakeSession(FakeService service, int pid, SessionRequest request, SessionPeer peer) {
        this.service = service;
        this.pid = pid;
        this.request = request;
        this.peer = peer;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public Map<String, String> parameters() {
        return new TreeMap<>(
                Map.of("server_version", service.major + ".0", "integer_datetimes", "on", "client_encoding", "UTF8"));
    }

    @Override
    public void execute(ReplicationCommand command, Reply reply) {
        if (command instanceof IdentifySystem) {
            row(
                    reply,
                    "IDENTIFY_SYSTEM",
                    List.of("systemid", "timeline", "xlogpos", "dbname"),
                    "7000000000000000001",
                    "1",
                    service.wal.end().toString(),
                    null);
        } else if (command instanceof Show show) {
            row(reply, "SHOW", List.of(show.name()), setting(show.name()));
        } else if (command instanceof StartReplication start) {
            streams.add(reply);
            reply.copyBoth(new FileStream(start.start(), reply));
        } else {
            reply.error(ErrorFields.error(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "cannot execute SQL commands in WAL sender for physical replication"));
        }
    }

    private static String setting(String name) {
        return switch (name) {
            case "wal_segment_size" -> "16MB";
            case "data_directory_mode" -> "0700";
            default -> "on";
        };
    }

    private static void row(Reply reply, String tag, List<String> names, @Nullable String... values) {
        reply.rowDescription(names.stream()
                .map(name -> name.equals("timeline") ? Reply.Column.int4(name) : Reply.Column.text(name))
                .toList());
        byte[][] row = new byte[values.length][];
        for (int i = 0; i < values.length; i++) {
            String value = values[i];
            row[i] = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        }
        reply.dataRow(java.util.Arrays.asList(row));
        reply.commandComplete(tag);
        reply.ready();
    }

    @Override
    public void received(StandbyMessage message) {
        received.add(message);
    }

    @Override
    public void cancelCommand() {}

    @Override
    public void closed(CloseReason reason) {
        closed.add(reason);
    }

    /** The file from a position on, then nothing until the peer ends it. */
    private final class FileStream implements WalStream {
        private final Reply reply;
        private Lsn position;
        private boolean peerDone;

        FileStream(Lsn start, Reply reply) {
            this.position = start;
            this.reply = reply;
        }

        @Override
        public @Nullable Outbound next(int maxBytes) {
            Runnable failure = failures.poll();
            if (failure != null) {
                failure.run();
            }
            Outbound first = outbounds.poll();
            if (first != null) {
                return first;
            }
            if (peerDone) {
                return new Outbound.CopyDone();
            }
            long left = service.wal.end().value() - position.value();
            if (left == 0) {
                return null;
            }
            int length = (int) Math.min(left, maxBytes);
            Outbound chunk = service.wal.chunk(position, length);
            position = position.plus(length);
            return chunk;
        }

        @Override
        public void peerCopyDone() {
            peerDone = true;
        }

        @Override
        public void ended() {
            reply.commandComplete("START_STREAMING");
            reply.commandComplete("START_REPLICATION");
            reply.ready();
        }
    }
}
