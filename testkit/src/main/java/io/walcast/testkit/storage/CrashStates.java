// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import io.walcast.testkit.storage.CrashOutcome.Unsynced;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Goes through the states in which a crash can leave a machine (the form of ALICE): every combination of what was not synced,
 * names, sizes and pages each for itself, pages also as they were in between, or torn. Each state once.
 *
 * <p>Up to a limit the combinations are gone through one by one; where there are more, as many again are drawn at random.
 */
public final class CrashStates {
    private final int limit;
    private final Set<String> seen = new HashSet<>();
    private long outcomes;

    /**
     * Makes one that has seen nothing yet.
     *
     * @param limit how many combinations of one crash are gone through in order
     */
    public CrashStates(int limit) {
        this.limit = limit;
    }

    /** Returns how many combinations were gone through so far. */
    public long outcomes() {
        return outcomes;
    }

    /** Returns how many different states these led to. */
    public int states() {
        return seen.size();
    }

    /**
     * Ends {@code machine} and calls {@code each} with the machines found after the reboot, but for those seen before.
     *
     * @param context what else matters to {@code each}: the same state with another context is another state
     */
    public void of(FaultyFileSystem machine, String context, Consumer<FaultyFileSystem> each) {
        Combination combination = new Combination();
        boolean more = true;
        for (int done = 0; more && done < limit; done++) {
            combination.begin();
            visit(machine, combination, context, each);
            more = combination.advance();
        }
        for (int sample = 0; more && sample < limit; sample++) {
            visit(machine, CrashOutcome.random(machine.calls() * limit + sample), context, each);
        }
    }

    private void visit(
            FaultyFileSystem machine, CrashOutcome outcome, String context, Consumer<FaultyFileSystem> each) {
        outcomes++;
        FaultyFileSystem found = machine.crash(outcome);
        if (seen.add(context + "\n" + found.inventory())) {
            each.accept(found);
        }
    }

    /** One combination: a sequence of decisions, of which the next one differs in the last that can. */
    private static final class Combination implements CrashOutcome {
        /** Which sectors of a torn page survive, one bit for each. */
        private static final int[] TEARS = {0b0000_0001, 0b1111_1110, 0b0000_1111, 0b1000_0000};

        private final List<Integer> decisions = new ArrayList<>();
        private final List<Integer> choices = new ArrayList<>();
        private int asked;
        private int tear;
        private int sector;

        void begin() {
            asked = 0;
        }

        @Override
        public boolean survives(Unsynced kind) {
            if (kind != Unsynced.SECTOR) {
                sector = 0;
                return choose(2) == 1;
            }
            if (sector == 0) {
                tear = TEARS[choose(TEARS.length)];
            }
            return (tear >> sector++ & 1) == 1;
        }

        private int choose(int among) {
            if (asked == decisions.size()) {
                decisions.add(0);
                choices.add(among);
            }
            return decisions.get(asked++);
        }

        boolean advance() {
            for (int last = decisions.size() - 1; last >= 0; last--) {
                int next = decisions.get(last) + 1;
                if (last < asked && next < choices.get(last)) {
                    decisions.set(last, next);
                    return true;
                }
                decisions.remove(last);
                choices.remove(last);
            }
            return false;
        }
    }
}
