// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import io.walcast.core.error.ProtocolViolationException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One result of a command.
 *
 * @param columns names of its columns; empty if it returns no rows
 * @param rows its rows, as bytes in text format
 * @param tag the completion tag
 */
public record QueryResult(List<String> columns, List<List<byte @Nullable []>> rows, String tag) {

    /** Returns a value as text, or null for SQL null. */
    public @Nullable String text(int row, int column) {
        return text(rows.get(row).get(column));
    }

    /** Returns {@code value} as text, or null for SQL null. */
    public static @Nullable String text(byte @Nullable [] value) {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /** Returns whether it is of a command that returns rows. */
    public boolean hasRows() {
        return !columns.isEmpty();
    }

    /** Collects a result while it arrives. Confined to one thread. */
    public static final class Builder {
        private final List<List<byte @Nullable []>> rows = new ArrayList<>();
        private @Nullable List<String> columns;

        /** Makes one for the next result. */
        public Builder() {}

        /**
         * Takes the names of the columns, and returns them.
         *
         * @throws ProtocolViolationException if the result has some already
         */
        public List<String> columns(List<String> names) {
            if (columns != null) {
                throw new ProtocolViolationException("RowDescription twice for one result");
            }
            columns = names;
            return names;
        }

        /**
         * Takes a row, and returns it.
         *
         * @throws ProtocolViolationException if it does not fit the columns
         */
        public List<byte @Nullable []> row(List<byte @Nullable []> values) {
            List<String> described = columns;
            if (described == null) {
                throw new ProtocolViolationException("DataRow without RowDescription");
            }
            if (values.size() != described.size()) {
                throw new ProtocolViolationException("unexpected field count in DataRow: %d (expected: %d)"
                        .formatted(values.size(), described.size()));
            }
            rows.add(values);
            return values;
        }

        /** Returns the result. */
        public QueryResult complete(String tag) {
            return new QueryResult(columns == null ? List.of() : columns, rows, tag);
        }
    }
}
