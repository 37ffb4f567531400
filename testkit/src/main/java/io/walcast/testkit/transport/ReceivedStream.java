// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that came of a stream: the WAL, which must be without gaps, the keepalives and the end. */
final class ReceivedStream implements ServerMessage.Handler {
    private final ByteArrayOutputStream wal = new ByteArrayOutputStream();
    private final List<Keepalive> keepalives = new ArrayList<>();
    private @Nullable Lsn start;
    private @Nullable EndOfStream end;

    @Override
    public void onXLogData(XLogData data) {
        if (start == null) {
            start = data.start();
        }
        assertThat(data.start()).as("start of the next message").isEqualTo(start.plus(wal.size()));
        assertThat(end).as("end of the stream").isNull();
        byte[] bytes = new byte[data.payload().remaining()];
        data.payload().duplicate().get(bytes);
        wal.writeBytes(bytes);
    }

    @Override
    public void onKeepalive(Keepalive keepalive) {
        keepalives.add(keepalive);
    }

    @Override
    public void onEndOfStream(EndOfStream end) {
        this.end = end;
    }

    int walBytes() {
        return wal.size();
    }

    byte[] wal() {
        return wal.toByteArray();
    }

    List<Keepalive> keepalives() {
        return keepalives;
    }

    EndOfStream.@Nullable Reason endReason() {
        return end == null ? null : end.reason();
    }
}
