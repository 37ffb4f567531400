// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.ExecResult;
import io.walcast.transport.client.QueryResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts an answer's bytes while it arrives, and makes text of it. Confined to the owner. */
final class ExecAnswer implements SimpleQuery.Inspector {
    static final String TOO_LONG = "answer longer than the limit of the caller";

    private static final int ROW_OVERHEAD_BYTES = 6;

    private final int maxBytes;
    private long bytes;

    ExecAnswer(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Returns how long a single row's frame may be. */
    int largestRowBytes() {
        int overhead = 1 << 10;
        return Math.max(maxBytes, Math.min(maxBytes, Integer.MAX_VALUE - overhead) + overhead);
    }

    /** Rows are counted to the byte; this is for results without rows, of which there may be many. */
    @Override
    public long largestAnswerBytes() {
        return maxBytes + SimpleQuery.LARGEST_ANSWER_BYTES;
    }

    @Override
    public String tooLong() {
        return TOO_LONG;
    }

    @Override
    public void columns(List<String> names) {
        names.forEach(name -> count(name.length()));
    }

    @Override
    public void row(List<byte @Nullable []> values) {
        count(ROW_OVERHEAD_BYTES);
        for (byte[] value : values) {
            count(Integer.BYTES + (value == null ? 0 : value.length));
        }
    }

    private void count(int more) {
        bytes += more;
        if (bytes > maxBytes) {
            throw new ProtocolViolationException(SqlState.PROGRAM_LIMIT_EXCEEDED, TOO_LONG);
        }
    }

    /** Returns the last result as text; a command may bring several. */
    ExecResult of(List<QueryResult> results) {
        if (results.isEmpty()) {
            throw new ProtocolViolationException("no result for a command");
        }
        QueryResult last = results.get(results.size() - 1);
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (List<byte @Nullable []> row : last.rows()) {
            List<@Nullable String> texts = new ArrayList<>();
            row.forEach(value -> texts.add(QueryResult.text(value)));
            rows.add(texts);
        }
        return new ExecResult(last.columns(), rows, last.tag());
    }
}
