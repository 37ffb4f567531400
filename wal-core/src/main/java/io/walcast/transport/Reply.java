// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import io.walcast.core.error.ErrorFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the answer to one command goes. An answer is any number of row sets and completions and at most one
 * {@link #copyBoth}, then {@link #ready}; or it ends early in {@link #error}. After the connection is gone all calls are
 * without effect.
 *
 * <p>Threading: any thread, one at a time, in order. Nothing blocks.
 */
public interface Reply {

    /** Begins a row set ({@code RowDescription}). */
    void rowDescription(List<Column> columns);

    /** Adds a row: a value for each column, in text form, null for NULL. The arrays are not kept. */
    void dataRow(List<byte @Nullable []> values);

    /** Ends a row set, or tells of a command without one ({@code CommandComplete}). */
    void commandComplete(String tag);

    /**
     * Begins streaming ({@code CopyBothResponse}); the transport pulls from {@code stream} from now on. After
     * {@link WalStream#ended} the answer goes on here.
     */
    void copyBoth(WalStream stream);

    /**
     * Ends the command with an error, a stream too, whose {@code next} is then called no more. With severity ERROR the
     * session goes on with the next command; with FATAL it is closed.
     */
    void error(ErrorFields fields);

    /** Ends the command ({@code ReadyForQuery}). */
    void ready();

    /**
     * A column of a row set.
     *
     * @param name as shown
     * @param typeOid 25 text, 23 int4, 20 int8, 26 oid
     * @param typeLength in bytes, -1 where it varies
     * @param typeModifier -1 for none
     */
    record Column(String name, int typeOid, int typeLength, int typeModifier) {

        /** Returns a column of type text. */
        public static Column text(String name) {
            return new Column(name, 25, -1, -1);
        }

        /** Returns a column of type int4. */
        public static Column int4(String name) {
            return new Column(name, 23, 4, -1);
        }

        /** Returns a column of type int8. */
        public static Column int8(String name) {
            return new Column(name, 20, 8, -1);
        }
    }
}
