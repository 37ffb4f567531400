// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import com.google.protobuf.ByteString;
import io.walcast.core.error.ErrorFields;
import io.walcast.transport.Reply;
import io.walcast.transport.WalStream;
import io.walcast.transport.grpc.v1.CommandComplete;
import io.walcast.transport.grpc.v1.DataRow;
import io.walcast.transport.grpc.v1.RowDescription;
import io.walcast.transport.grpc.v1.SessionResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to one command. Always by way of the call's turns, which keep the order whatever threads it comes from. */
final class CommandReply implements Reply {
    private final SessionCall call;
    private final ServedSession session;
    /** Confined to the call's turns. */
    private boolean isEnded;

    CommandReply(SessionCall call, ServedSession session) {
        this.call = call;
        this.session = session;
    }

    @Override
    public void rowDescription(List<Column> columns) {
        RowDescription.Builder description = RowDescription.newBuilder();
        for (Column column : columns) {
            description.addColumns(RowDescription.Column.newBuilder()
                    .setName(column.name())
                    .setTypeOid(column.typeOid())
                    .setTypeLength(column.typeLength())
                    .setTypeModifier(column.typeModifier()));
        }
        send(SessionResponse.newBuilder().setRowDescription(description));
    }

    @Override
    public void dataRow(List<byte @Nullable []> values) {
        DataRow.Builder row = DataRow.newBuilder();
        for (byte[] value : values) {
            DataRow.Value.Builder shown = DataRow.Value.newBuilder();
            row.addValues(value == null ? shown : shown.setText(ByteString.copyFrom(value)));
        }
        send(SessionResponse.newBuilder().setDataRow(row));
    }

    @Override
    public void commandComplete(String tag) {
        send(SessionResponse.newBuilder()
                .setCommandComplete(CommandComplete.newBuilder().setTag(tag)));
    }

    private void send(SessionResponse.Builder message) {
        unlessEnded(() -> session.send(message));
    }

    @Override
    public void copyBoth(WalStream stream) {
        unlessEnded(() -> session.beginCopy(stream));
    }

    @Override
    public void error(ErrorFields fields) {
        unlessEnded(() -> {
            isEnded = true;
            session.commandFailed(fields);
        });
    }

    @Override
    public void ready() {
        unlessEnded(() -> {
            isEnded = true;
            session.commandEnded();
        });
    }

    private void unlessEnded(Runnable work) {
        call.run(() -> {
            if (!isEnded) {
                work.run();
            }
        });
    }
}
