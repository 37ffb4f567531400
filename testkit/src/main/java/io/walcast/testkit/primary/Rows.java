// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A result set in text form. Made with {@link #of}, {@link #withTypes} and {@link #row}.
 *
 * @param columns the names of the columns
 * @param types the type of each column, by its object identifier
 * @param rows the rows, each with one value per column
 */
public record Rows(List<String> columns, List<Integer> types, List<List<@Nullable String>> rows) {
    /** The type int4. */
    public static final int INT4 = 23;

    /** The type int8. */
    public static final int INT8 = 20;

    /** The type text. */
    public static final int TEXT = 25;

    /** Checks the components. */
    public Rows {
        requireNonNull(columns, "columns");
        requireNonNull(types, "types");
        requireNonNull(rows, "rows");
    }

    /** Returns no rows of these columns, all of type text. */
    public static Rows of(String... columns) {
        return new Rows(List.of(columns), Collections.nCopies(columns.length, TEXT), List.of());
    }

    /** Returns a copy whose columns have these types. */
    public Rows withTypes(Integer... oids) {
        return new Rows(columns, List.of(oids), rows);
    }

    /** Returns a copy with one more row; the number of values is not checked. */
    public Rows row(@Nullable String... values) {
        List<List<@Nullable String>> more = new ArrayList<>(rows);
        more.add(Collections.unmodifiableList(new ArrayList<>(Arrays.asList(values))));
        return new Rows(columns, types, Collections.unmodifiableList(more));
    }
}
