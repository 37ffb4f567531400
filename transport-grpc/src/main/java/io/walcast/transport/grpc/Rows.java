// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.transport.grpc.v1.DataRow;
import io.walcast.transport.grpc.v1.RowDescription;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows out of messages. Stateless. */
final class Rows {
    private Rows() {}

    static List<String> names(RowDescription description) {
        return description.getColumnsList().stream()
                .map(RowDescription.Column::getName)
                .toList();
    }

    /** Returns the values in text format, null for SQL null. */
    static List<byte @Nullable []> values(DataRow row) {
        List<byte @Nullable []> values = new ArrayList<>(row.getValuesCount());
        for (DataRow.Value value : row.getValuesList()) {
            values.add(value.hasText() ? value.getText().toByteArray() : null);
        }
        return values;
    }
}
