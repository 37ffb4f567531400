// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.testkit.standby.FromServer;
import io.walcast.transport.Reply.Column;
import io.walcast.transport.grpc.v1.DataRow;
import io.walcast.transport.grpc.v1.Keepalive;
import io.walcast.transport.grpc.v1.ParameterStatus;
import io.walcast.transport.grpc.v1.RowDescription;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.v1.WalData;
import io.walcast.transport.grpc.wire.ErrorMessages;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a standby gets, in the words of PostgreSQL's protocol. */
final class Answers {
    private Answers() {}

    static FromServer decode(SessionResponse response) {
        return switch (response.getMessageCase()) {
            case ROW_DESCRIPTION -> columns(response.getRowDescription());
            case DATA_ROW -> row(response.getDataRow());
            case COMMAND_COMPLETE ->
                new FromServer.CommandComplete(response.getCommandComplete().getTag());
            case COPY_BOTH -> new FromServer.CopyBoth();
            case WAL_DATA -> wal(response.getWalData());
            case KEEPALIVE -> keepalive(response.getKeepalive());
            case COPY_DONE -> new FromServer.CopyDone();
            // What PostgreSQL says in its place.
            case SHUTDOWN -> new FromServer.CommandComplete("COPY 0");
            case READY -> new FromServer.Ready();
            case ERROR -> new FromServer.Failed(ErrorMessages.fields(response.getError()));
            case NOTICE -> new FromServer.Notice(ErrorMessages.fields(response.getNotice()));
            case PARAMETER_STATUS -> parameter(response.getParameterStatus());
            case BEGUN, MESSAGE_NOT_SET -> throw new AssertionError("out of place: " + response);
        };
    }

    private static FromServer columns(RowDescription description) {
        return new FromServer.RowDescription(description.getColumnsList().stream()
                .map(column -> new Column(
                        column.getName(), column.getTypeOid(), column.getTypeLength(), column.getTypeModifier()))
                .toList());
    }

    private static FromServer row(DataRow row) {
        List<byte @Nullable []> values = new ArrayList<>();
        row.getValuesList()
                .forEach(value -> values.add(value.hasText() ? value.getText().toByteArray() : null));
        return new FromServer.DataRow(values);
    }

    private static FromServer wal(WalData wal) {
        return new FromServer.Wal(
                new Lsn(wal.getStart()),
                new Lsn(wal.getServerEnd()),
                new PgTimestamp(wal.getSentAt()),
                wal.getData().asReadOnlyByteBuffer());
    }

    private static FromServer keepalive(Keepalive keepalive) {
        return new FromServer.Keepalive(
                new Lsn(keepalive.getWalEnd()), new PgTimestamp(keepalive.getSentAt()), keepalive.getReplyRequested());
    }

    private static FromServer parameter(ParameterStatus status) {
        return new FromServer.ParameterStatus(status.getName(), status.getValue());
    }
}
