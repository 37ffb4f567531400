// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.transport.grpc.v1.WalData;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** WAL of a message that had to be parsed. */
final class ParsedWal implements ReceivedFrame.Wal {
    private final WalData message;
    private boolean isTaken;

    ParsedWal(WalData message) {
        this.message = message;
    }

    @Override
    public Lsn start() {
        return new Lsn(message.getStart());
    }

    @Override
    public Lsn serverEnd() {
        return new Lsn(message.getServerEnd());
    }

    @Override
    public PgTimestamp sentAt() {
        return new PgTimestamp(message.getSentAt());
    }

    @Override
    public int length() {
        return message.getData().size();
    }

    @Override
    public @Nullable ByteBuffer nextPiece() {
        boolean isFirst = !isTaken && length() > 0;
        isTaken = true;
        return isFirst ? message.getData().asReadOnlyByteBuffer() : null;
    }
}
