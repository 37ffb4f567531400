// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Goes through every outcome a crash can have: all subsets of names and sizes that survive, and for the data of each file
 * all of it or nothing. {@link CrashOutcome#random} and {@link CrashStates} cover the parts of files.
 */
public final class EveryOutcome {
    private final List<Boolean> decisions = new ArrayList<>();
    private int asked;

    private EveryOutcome() {}

    /**
     * Calls {@code crash} once for each outcome, at most {@code limit} times.
     *
     * @return how many outcomes there were, at most {@code limit}
     */
    public static int of(Consumer<CrashOutcome> crash, int limit) {
        EveryOutcome outcomes = new EveryOutcome();
        int done = 0;
        do {
            outcomes.asked = 0;
            crash.accept(outcomes.next());
            done++;
        } while (done < limit && outcomes.advance());
        return done;
    }

    private CrashOutcome next() {
        return new CrashOutcome() {
            private boolean inPages;
            private boolean pagesSurvive;

            @Override
            public boolean survives(Unsynced kind) {
                if (kind == Unsynced.PAGE) {
                    pagesSurvive = inPages ? pagesSurvive : decide();
                    inPages = true;
                    return pagesSurvive;
                }
                if (kind == Unsynced.TORN || kind == Unsynced.SECTOR || kind == Unsynced.EARLIER) {
                    return false;
                }
                inPages = false;
                return decide();
            }
        };
    }

    private boolean decide() {
        if (asked == decisions.size()) {
            decisions.add(false);
        }
        return decisions.get(asked++);
    }

    /** Moves to the next sequence of decisions: the last "no" that was asked for becomes a "yes". */
    private boolean advance() {
        while (decisions.size() > asked) {
            decisions.remove(decisions.size() - 1);
        }
        while (!decisions.isEmpty() && decisions.get(decisions.size() - 1)) {
            decisions.remove(decisions.size() - 1);
        }
        if (decisions.isEmpty()) {
            return false;
        }
        decisions.set(decisions.size() - 1, true);
        return true;
    }
}
