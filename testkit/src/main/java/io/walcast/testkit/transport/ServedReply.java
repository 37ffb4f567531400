// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.core.error.ErrorFields;
import io.walcast.testkit.standby.FromServer;
import io.walcast.transport.Reply;
import io.walcast.transport.WalStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer on its way to its session's next turn. Any thread, one at a time. */
final class ServedReply implements Reply {
    private final ServedSession session;

    ServedReply(ServedSession session) {
        this.session = session;
    }

    @Override
    public void rowDescription(List<Column> columns) {
        send(new FromServer.RowDescription(columns));
    }

    @Override
    public void dataRow(List<byte @Nullable []> values) {
        List<byte @Nullable []> copy = new ArrayList<>();
        for (byte[] value : values) {
            copy.add(value == null ? null : value.clone());
        }
        send(new FromServer.DataRow(copy));
    }

    @Override
    public void commandComplete(String tag) {
        send(new FromServer.CommandComplete(tag));
    }

    private void send(FromServer message) {
        session.post(() -> session.send(this, message));
    }

    @Override
    public void copyBoth(WalStream stream) {
        session.post(() -> session.beginStream(this, stream));
    }

    @Override
    public void error(ErrorFields fields) {
        session.post(() -> session.fail(this, fields));
    }

    @Override
    public void ready() {
        session.post(() -> session.ready(this));
    }
}
