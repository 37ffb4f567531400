// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.standby;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.ErrorFields;
import io.walcast.transport.Reply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that a standby gets from the server, in the words of PostgreSQL's protocol. Arrays are its own. */
public sealed interface FromServer {

    /** {@code RowDescription}. */
    record RowDescription(List<Reply.Column> columns) implements FromServer {
        public RowDescription {
            columns = List.copyOf(columns);
        }
    }

    /** {@code DataRow}: a value for each column, null for NULL. */
    record DataRow(List<byte @Nullable []> values) implements FromServer {
        public DataRow {
            requireNonNull(values, "values");
        }

        /** Returns the value of a column, each byte as one character. */
        public @Nullable String latin1(int column) {
            byte[] value = values.get(column);
            return value == null ? null : new String(value, StandardCharsets.ISO_8859_1);
        }
    }

    /** {@code CommandComplete}. */
    record CommandComplete(String tag) implements FromServer {
        public CommandComplete {
            requireNonNull(tag, "tag");
        }
    }

    /** {@code ReadyForQuery}: the command is over. */
    record Ready() implements FromServer {}

    /** {@code CopyBothResponse}: streaming begins. */
    record CopyBoth() implements FromServer {}

    /**
     * WAL, or a part of what the server sent as one message.
     *
     * @param start position of the first byte
     * @param serverEnd how far the server is
     * @param sentAt the server's clock
     * @param bytes at least one; a buffer of the message's own
     */
    record Wal(Lsn start, Lsn serverEnd, PgTimestamp sentAt, ByteBuffer bytes) implements FromServer {
        public Wal {
            requireNonNull(start, "start");
            requireNonNull(serverEnd, "serverEnd");
            requireNonNull(sentAt, "sentAt");
            requireNonNull(bytes, "bytes");
        }

        @Override
        public String toString() {
            return "Wal[" + start + ", " + bytes.remaining() + " bytes]";
        }
    }

    /** A keepalive. */
    record Keepalive(Lsn walEnd, PgTimestamp sentAt, boolean replyRequested) implements FromServer {
        public Keepalive {
            requireNonNull(walEnd, "walEnd");
            requireNonNull(sentAt, "sentAt");
        }
    }

    /** {@code CopyDone}: nothing more comes in this stream. */
    record CopyDone() implements FromServer {}

    /** {@code ErrorResponse}. */
    record Failed(ErrorFields fields) implements FromServer {
        public Failed {
            requireNonNull(fields, "fields");
        }
    }

    /** {@code NoticeResponse}. */
    record Notice(ErrorFields fields) implements FromServer {
        public Notice {
            requireNonNull(fields, "fields");
        }
    }

    /** {@code ParameterStatus}, after the session has begun. */
    record ParameterStatus(String name, String value) implements FromServer {
        public ParameterStatus {
            requireNonNull(name, "name");
            requireNonNull(value, "value");
        }
    }

    /** Something that these records have no word for. */
    record Other(BackendMessage message) implements FromServer {
        public Other {
            requireNonNull(message, "message");
        }
    }

    /** The connection is gone; what is asked for next is the same again. */
    record Closed() implements FromServer {}
}
