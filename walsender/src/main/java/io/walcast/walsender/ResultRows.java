// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of results, in text form. Stateless. */
final class ResultRows {
    private ResultRows() {}

    /** Returns a row of these values, null for NULL. */
    static List<byte @Nullable []> of(@Nullable String... values) {
        List<byte @Nullable []> row = new ArrayList<>(values.length);
        for (String value : values) {
            row.add(value == null ? null : value.getBytes(UTF_8));
        }
        return row;
    }
}
