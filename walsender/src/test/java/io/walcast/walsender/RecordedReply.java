// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ErrorFields;
import io.walcast.transport.Reply;
import io.walcast.transport.WalStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes down an answer, one line a message. Safe for use from any thread. */
final class RecordedReply implements Reply {
    private final List<String> messages = Collections.synchronizedList(new ArrayList<>());
    private volatile @Nullable WalStream stream;
    private volatile @Nullable ErrorFields error;

    List<String> messages() {
        synchronized (messages) {
            return List.copyOf(messages);
        }
    }

    PhysicalStream stream() {
        return (PhysicalStream) requireNonNull(stream, "no CopyBoth was sent");
    }

    ErrorFields error() {
        return requireNonNull(error, "no error was sent");
    }

    @Override
    public void rowDescription(List<Column> columns) {
        messages.add(columns.stream()
                .map(column -> column.name() + ":" + column.typeOid() + ":" + column.typeLength() + ":"
                        + column.typeModifier())
                .collect(Collectors.joining(" ", "T ", "")));
    }

    @Override
    public void dataRow(List<byte @Nullable []> values) {
        messages.add(values.stream()
                .map(value -> value == null ? "NULL" : new String(value, UTF_8))
                .collect(Collectors.joining(" ", "D ", "")));
    }

    @Override
    public void commandComplete(String tag) {
        messages.add("C " + tag);
    }

    @Override
    public void copyBoth(WalStream newStream) {
        stream = newStream;
        messages.add("W");
    }

    @Override
    public void error(ErrorFields fields) {
        error = fields;
        messages.add("E " + fields.severity() + " " + fields.sqlState() + " " + fields.message());
    }

    @Override
    public void ready() {
        messages.add("Z");
    }
}
