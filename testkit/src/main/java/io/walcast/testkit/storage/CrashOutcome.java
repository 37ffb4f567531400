// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import java.util.Random;

/** Decides what a crash leaves of all that was not synced. */
@FunctionalInterface
public interface CrashOutcome {

    /** Returns whether one thing survives. Asked in a fixed order. */
    boolean survives(Unsynced kind);

    /** What may be lost. */
    enum Unsynced {
        /** A change of a directory: a name made, removed, or given to another file. */
        NAME,
        /** The new size of a file. */
        SIZE,
        /** A page of 4 KB. */
        PAGE,
        /** What such a page, or size, was before its newest change and after the last sync; asked from the newest to the oldest. */
        EARLIER,
        /** A page or size that did not survive: whether some of its sectors, or pages, do. */
        TORN,
        /** A sector of 512 bytes in a torn page. */
        SECTOR
    }

    /** Returns the outcome in which nothing survives. */
    static CrashOutcome nothing() {
        return kind -> false;
    }

    /** Returns the outcome in which everything survives, as when only the process dies. */
    static CrashOutcome everything() {
        return kind -> true;
    }

    /** Returns an outcome that depends on {@code seed} alone; some lose next to all, some next to nothing. */
    static CrashOutcome random(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        random.nextLong();
        int namesOf100 = odds(random);
        int dataOf100 = odds(random);
        return kind -> random.nextInt(100) < (kind == Unsynced.NAME ? namesOf100 : dataOf100);
    }

    private static int odds(Random random) {
        int[] odds = {2, 25, 50, 75, 98};
        return odds[random.nextInt(odds.length)];
    }
}
