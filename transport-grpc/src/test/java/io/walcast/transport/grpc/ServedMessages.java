// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import com.google.protobuf.ByteString;
import io.walcast.testkit.standby.FromServer;
import io.walcast.transport.Reply;
import io.walcast.transport.grpc.v1.CommandComplete;
import io.walcast.transport.grpc.v1.CopyBoth;
import io.walcast.transport.grpc.v1.CopyDone;
import io.walcast.transport.grpc.v1.DataRow;
import io.walcast.transport.grpc.v1.Keepalive;
import io.walcast.transport.grpc.v1.ParameterStatus;
import io.walcast.transport.grpc.v1.Ready;
import io.walcast.transport.grpc.v1.RowDescription;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.v1.Shutdown;
import io.walcast.transport.grpc.wire.ErrorMessages;

/** What the testkit's sessions send, as messages. Stateless. */
final class ServedMessages {
    private ServedMessages() {}

    static SessionResponse of(FromServer message) {
        SessionResponse.Builder response = SessionResponse.newBuilder();
        if (message instanceof FromServer.RowDescription description) {
            response.setRowDescription(columns(description));
        } else if (message instanceof FromServer.DataRow row) {
            response.setDataRow(values(row));
        } else if (message instanceof FromServer.CommandComplete complete
                && complete.tag().equals("COPY 0")) {
            response.setShutdown(Shutdown.getDefaultInstance());
        } else if (message instanceof FromServer.CommandComplete complete) {
            response.setCommandComplete(CommandComplete.newBuilder().setTag(complete.tag()));
        } else if (message instanceof FromServer.Ready) {
            response.setReady(Ready.getDefaultInstance());
        } else if (message instanceof FromServer.CopyBoth) {
            response.setCopyBoth(CopyBoth.getDefaultInstance());
        } else if (message instanceof FromServer.CopyDone) {
            response.setCopyDone(CopyDone.getDefaultInstance());
        } else if (message instanceof FromServer.Failed failed) {
            response.setError(ErrorMessages.message(failed.fields()));
        } else if (message instanceof FromServer.Notice notice) {
            response.setNotice(ErrorMessages.message(notice.fields()));
        } else if (message instanceof FromServer.ParameterStatus status) {
            response.setParameterStatus(
                    ParameterStatus.newBuilder().setName(status.name()).setValue(status.value()));
        } else if (message instanceof FromServer.Keepalive keepalive) {
            response.setKeepalive(Keepalive.newBuilder()
                    .setWalEnd(keepalive.walEnd().value())
                    .setSentAt(keepalive.sentAt().micros())
                    .setReplyRequested(keepalive.replyRequested()));
        } else {
            throw new IllegalArgumentException("message: " + message + " (expected: one that a session sends)");
        }
        return response.build();
    }

    private static RowDescription columns(FromServer.RowDescription description) {
        RowDescription.Builder columns = RowDescription.newBuilder();
        for (Reply.Column column : description.columns()) {
            columns.addColumns(RowDescription.Column.newBuilder()
                    .setName(column.name())
                    .setTypeOid(column.typeOid())
                    .setTypeLength(column.typeLength())
                    .setTypeModifier(column.typeModifier()));
        }
        return columns.build();
    }

    private static DataRow values(FromServer.DataRow row) {
        DataRow.Builder values = DataRow.newBuilder();
        for (byte[] value : row.values()) {
            DataRow.Value.Builder one = values.addValuesBuilder();
            if (value != null) {
                one.setText(ByteString.copyFrom(value));
            }
        }
        return values.build();
    }
}
