// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.storage.StreamStart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The machine stops before every call of a scenario, and whatever of the unsynced survives: the directory opens without a
 * person, has all that was acknowledged, and the next session makes of it what it would have been without the crash.
 */
class CrashEnumerationTest {
    /** Combinations gone through at each call; all there are, within reason, with {@code -Dwalcast.crashStates=4096}. */
    private static final int LIMIT = Integer.getInteger("walcast.crashStates", 16);

    /** The same for a second crash, while the start after the first one is at work. */
    private static final int NESTED_LIMIT = Math.max(2, LIMIT / 16);

    /** A second crash is looked at after one in so many states. */
    private static final int NESTED_EVERY = 1 + 400 / LIMIT;

    @ParameterizedTest
    @EnumSource(CrashScenario.class)
    void losesNothingAndEndsAsWithoutTheCrash(CrashScenario scenario, TestReporter reporter) {
        Sweep sweep = new Sweep(scenario);
        sweep.run();
        reporter.publishEntry(scenario.name(), sweep.toString());
        assertThat(sweep.first.states()).as(sweep.toString()).isGreaterThan(sweep.crashes / 2);
    }

    /** One scenario, crashed everywhere. */
    private static final class Sweep {
        private final CrashScenario scenario;
        private final ForkedWal wal;
        private final CrashStates first = new CrashStates(LIMIT);
        private final CrashStates second = new CrashStates(NESTED_LIMIT);
        private final String end;
        private final long from;
        private final long upto;
        private int crashes;
        private int nested;

        Sweep(CrashScenario scenario) {
            this.scenario = scenario;
            this.wal = scenario.wal();
            FaultyFileSystem machine = new FaultyFileSystem();
            Witness witness = scenario.run(machine, wal);
            this.from = machine.log().stream()
                    .filter(call -> call.kind() == FileCall.Kind.NOTE)
                    .mapToLong(FileCall::number)
                    .findFirst()
                    .orElse(0);
            this.upto = machine.calls() + 1;
            FaultyFileSystem next = machine.kill(false);
            new ReceiveSteps(next, witness).receive(scenario.timeline(), scenario.goal());
            this.end = contents(witness, next);
        }

        private static String contents(Witness witness, FaultyFileSystem machine) {
            try {
                return witness.contents(machine);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void run() {
            for (long number = from + 1; number <= upto; number++) {
                FaultyFileSystem machine = new FaultyFileSystem();
                machine.crashBefore(number);
                Witness witness = scenario.run(machine, wal);
                String where = "crash before call " + number + ", after " + last(machine);
                first.of(machine, witness.toString(), told(where, found -> {
                    if (first.states() % NESTED_EVERY == 0) {
                        crashAgain(found.crash(CrashOutcome.everything()), witness, where);
                    }
                    check(found.kill(false), witness);
                }));
                crashes++;
            }
        }

        /** The machine stops once more, at every call of the start after the first crash. */
        private void crashAgain(FaultyFileSystem found, Witness witness, String where) {
            nested++;
            FaultyFileSystem whole = found.crash(CrashOutcome.everything());
            new ReceiveSteps(whole, witness).recover();
            for (long number = 1; number <= whole.calls(); number++) {
                FaultyFileSystem machine = found.crash(CrashOutcome.everything());
                machine.crashBefore(number);
                try {
                    new ReceiveSteps(machine, witness).recover();
                } catch (SimulatedCrash expected) {
                    // The second one.
                }
                second.of(
                        machine,
                        witness.toString(),
                        told(where + "; then " + last(machine), again -> check(again, witness)));
            }
        }

        private void check(FaultyFileSystem found, Witness witness) throws IOException {
            witness.requireSound(found);
            ReceiveSteps start = new ReceiveSteps(found, witness);
            StreamStart position = start.recover();
            assertThat(position.lsn()).isLessThanOrEqualTo(witness.written());
            String recovered = found.inventory();
            witness.requireSound(found.crash(CrashOutcome.nothing()));

            FaultyFileSystem again = found.kill(false);
            assertThat(new ReceiveSteps(again, witness).recover()).isEqualTo(position);
            assertThat(again.inventory()).isEqualTo(recovered);

            FaultyFileSystem last = again.kill(false);
            ReceiveSteps rest = new ReceiveSteps(last, witness);
            rest.receive(scenario.timeline(), scenario.goal());
            assertThat(witness.contents(last)).isEqualTo(end);
            assertThat(start.warnings).isEmpty();
            rest.witness().requireSound(last.crash(CrashOutcome.nothing()));
        }

        private static Consumer<FaultyFileSystem> told(String where, Check check) {
            return found -> {
                String state = found.inventory();
                try {
                    check.check(found);
                } catch (IOException e) {
                    throw new UncheckedIOException(where + "\n" + state, e);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(where + "\n" + state, e);
                }
            };
        }

        private static String last(FaultyFileSystem machine) {
            List<FileCall> log = machine.log();
            return log.isEmpty() ? "none" : log.get(log.size() - 1).toString();
        }

        @Override
        public String toString() {
            return "%d crashes, %d combinations, %d states; %d second crashes, %d combinations, %d states"
                    .formatted(crashes, first.outcomes(), first.states(), nested, second.outcomes(), second.states());
        }
    }

    /** What is required of a state. */
    @FunctionalInterface
    private interface Check {
        void check(FaultyFileSystem found) throws IOException;
    }
}
