// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import java.util.Comparator;

/**
 * A place where WAL is not whole.
 *
 * @param kind what kind of fault
 * @param lsn where it begins
 * @param file the file it is in, or that is missing
 * @param message what is wrong, with PostgreSQL's words where it has any
 */
public record WalProblem(Kind kind, Lsn lsn, String file, String message) implements Comparable<WalProblem> {
    private static final Comparator<WalProblem> ORDER = Comparator.comparing(WalProblem::lsn)
            .thenComparing(WalProblem::kind)
            .thenComparing(WalProblem::file)
            .thenComparing(WalProblem::message);

    /** What kinds of faults there are. */
    public enum Kind {
        /** Segments are missing between others. */
        GAP,
        /** A file is no whole segment: its size, its compression, reading it. */
        SEGMENT,
        /** A page's header is wrong. */
        PAGE,
        /** A record is wrong. */
        RECORD,
        /** A timeline history does not fit the WAL or another history. */
        HISTORY
    }

    public WalProblem {
        requireNonNull(kind, "kind");
        requireNonNull(lsn, "lsn");
        requireNonNull(file, "file");
        requireNonNull(message, "message");
    }

    @Override
    public int compareTo(WalProblem other) {
        return ORDER.compare(this, other);
    }
}
