// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.grpc.v1.DataRow;
import io.walcast.transport.grpc.v1.SessionResponse;

/** Counts an answer's bytes while it arrives. Confined to the owner. */
final class AnswerLimit {
    private static final int ROW_OVERHEAD_BYTES = 6;
    private static final int RESULT_OVERHEAD_BYTES = 64;

    private final long maxBytes;
    private long bytes;

    AnswerLimit(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Counts a message of the answer.
     *
     * @throws ProtocolViolationException 54000 if it is one too many
     */
    void count(SessionResponse message) {
        switch (message.getMessageCase()) {
            case DATA_ROW -> countRow(message.getDataRow());
            case ROW_DESCRIPTION, COMMAND_COMPLETE, ERROR ->
                // a row is counted to the byte, the rest only if there is a lot of it
                bytes += Math.max(0, message.getSerializedSize() - RESULT_OVERHEAD_BYTES);
            default -> {}
        }
        if (bytes > maxBytes) {
            throw new ProtocolViolationException(
                    SqlState.PROGRAM_LIMIT_EXCEEDED, "answer longer than the limit of %d bytes".formatted(maxBytes));
        }
    }

    private void countRow(DataRow row) {
        bytes += ROW_OVERHEAD_BYTES;
        for (DataRow.Value value : row.getValuesList()) {
            bytes += Integer.BYTES + value.getText().size();
        }
    }
}
