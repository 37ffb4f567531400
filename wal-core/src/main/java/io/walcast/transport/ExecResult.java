// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a command, as text ({@code WalRcvExecResult}).
 *
 * @param columns names of the columns, empty if the command returns no rows
 * @param rows the rows; null for SQL null
 * @param tag the command's completion tag
 */
public record ExecResult(List<String> columns, List<List<@Nullable String>> rows, String tag) {
    public ExecResult {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        requireNonNull(tag, "tag");
    }
}
