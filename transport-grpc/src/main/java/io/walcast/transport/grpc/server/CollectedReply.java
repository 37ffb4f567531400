// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.core.error.ErrorFields;
import io.walcast.transport.Reply;
import io.walcast.transport.WalStream;
import io.walcast.transport.client.QueryResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects the answer to one command. Any thread, one at a time; what it has collected is told once. */
final class CollectedReply implements Reply {
    private final Consumer<List<QueryResult>> whenReady;
    private final Consumer<ErrorFields> whenFailed;
    private final List<QueryResult> results = new ArrayList<>();
    private QueryResult.Builder open = new QueryResult.Builder();

    CollectedReply(Consumer<List<QueryResult>> whenReady, Consumer<ErrorFields> whenFailed) {
        this.whenReady = whenReady;
        this.whenFailed = whenFailed;
    }

    @Override
    public void rowDescription(List<Column> columns) {
        open.columns(columns.stream().map(Column::name).toList());
    }

    @Override
    public void dataRow(List<byte @Nullable []> values) {
        List<byte @Nullable []> copy = new ArrayList<>();
        values.forEach(value -> copy.add(value == null ? null : value.clone()));
        open.row(copy);
    }

    @Override
    public void commandComplete(String tag) {
        results.add(open.complete(tag));
        open = new QueryResult.Builder();
    }

    @Override
    public void copyBoth(WalStream stream) {
        throw new IllegalStateException("a command with one answer streams nothing");
    }

    @Override
    public void error(ErrorFields fields) {
        whenFailed.accept(fields);
    }

    @Override
    public void ready() {
        whenReady.accept(results);
    }
}
