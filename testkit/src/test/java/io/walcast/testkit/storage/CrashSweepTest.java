// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** The machine stops before any call: what was acknowledged is there, and the directory opens without a person. */
class CrashSweepTest {
    /** More with {@code -Dwalcast.sweep=N}. */
    private static final int SEEDS = 3 * Integer.getInteger("walcast.sweep", 1);

    /** What was renamed longer ago than this many calls is on disk; else there would be too many outcomes. */
    private static final int RECENT_CALLS = 12;

    private static final int OUTCOMES = 1 << 12;

    @Test
    void neverLosesWhatWasAcknowledgedWhereverItHappens() throws IOException {
        long calls = callsOfAWholeRun();
        for (long number = 1; number <= calls + 1; number++) {
            for (int seed = 0; seed < SEEDS; seed++) {
                FaultyFileSystem machine = new FaultyFileSystem();
                machine.writeBackAtRandom(number * SEEDS + seed);
                ReceiveScript script = new ReceiveScript();
                runUntilCrash(script, machine, number);
                check(script, machine.crash(CrashOutcome.random(seed)), number);
            }
        }
    }

    @Test
    void leavesNoBadStateBehindWhateverSurvives() {
        long calls = callsOfAWholeRun();
        long states = 0;
        for (long number = 1; number <= calls; number++) {
            long crashedAt = number;
            FaultyFileSystem machine = new FaultyFileSystem();
            machine.beforeEachCall(call -> {
                if (call.number() == crashedAt - RECENT_CALLS) {
                    machine.settleNames();
                }
            });
            ReceiveScript script = new ReceiveScript();
            runUntilCrash(script, machine, number);
            states += EveryOutcome.of(
                    outcome -> {
                        try {
                            script.requireSound(machine.crash(outcome));
                        } catch (IOException e) {
                            throw new UncheckedIOException("crash before call " + crashedAt, e);
                        }
                    },
                    OUTCOMES);
        }
        assertThat(states).isGreaterThan(calls);
    }

    @Test
    void recoversFromCrashesDuringRecovery() throws IOException {
        long calls = callsOfAWholeRun();
        for (long number = 20; number <= calls; number += 11) {
            for (long inRecovery = 1; inRecovery <= 60; inRecovery += 2) {
                FaultyFileSystem machine = new FaultyFileSystem();
                ReceiveScript script = new ReceiveScript();
                runUntilCrash(script, machine, number);
                FaultyFileSystem second = machine.crash(CrashOutcome.random(number));
                runUntilCrash(script, second, inRecovery);
                FaultyFileSystem third = second.crash(CrashOutcome.random(inRecovery));
                script.requireSound(third);
                runUntilCrash(script, third, inRecovery + number % 13);
                check(script, third.crash(CrashOutcome.random(number + inRecovery)), number);
            }
        }
    }

    private static void check(ReceiveScript script, FaultyFileSystem found, long number) throws IOException {
        try {
            script.requireSound(found);
            script.converge(found);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("crash before call " + number, e);
        }
    }

    private static void runUntilCrash(ReceiveScript script, FaultyFileSystem machine, long number) {
        machine.crashBefore(number);
        try {
            script.receive(machine, ReceiveScript.FIRST_END);
            script.receive(machine, ReceiveScript.SECOND_END);
        } catch (SimulatedCrash expected) {
            assertThat(machine.calls()).isEqualTo(number - 1);
        }
    }

    private static long callsOfAWholeRun() {
        FaultyFileSystem machine = new FaultyFileSystem();
        runUntilCrash(new ReceiveScript(), machine, Long.MAX_VALUE);
        return machine.calls();
    }
}
