// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.error.StorageException;
import io.walcast.core.storage.SegmentCompression;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed segments, and directories that change from one format to the other, on machines that stop and disks that fail. */
class CompressedSweepTest {
    private static final SegmentCompression GZIP = SegmentCompression.gzip(1);

    /** How many calls apart; {@code -Dwalcast.sweep=24} tries every one. */
    private static final int STEP = Math.max(1, 24 / Integer.getInteger("walcast.sweep", 1));

    private static ReceiveScript script(String formats) {
        return new ReceiveScript(List.of(formats.split(",", -1)), GZIP);
    }

    @ParameterizedTest
    @ValueSource(strings = {".gz", ",.gz,.gz", ".gz,,.gz", ".gz,", ",.gz,"})
    void neverLosesWhatWasAcknowledgedWhereverTheMachineStops(String formats) throws IOException {
        long calls = rehearse(formats);
        for (long number = 1; number <= calls + 1; number += STEP) {
            FaultyFileSystem machine = new FaultyFileSystem();
            machine.writeBackAtRandom(number);
            machine.crashBefore(number);
            ReceiveScript script = script(formats);
            Throwable end = receive(script, machine);
            check(script, machine.crash(CrashOutcome.random(number)), "crash before call " + number + ": " + end);
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void neverLosesWhatWasAcknowledgedWhicheverCallFails(Fault fault) throws IOException {
        long calls = rehearse(".gz");
        for (long number = 1; number <= calls; number += STEP) {
            FaultyFileSystem machine = new FaultyFileSystem();
            machine.failCall(number, fault);
            ReceiveScript script = script(".gz");
            Throwable end = receive(script, machine);
            FaultyFileSystem found =
                    number % 2 == 0 ? machine.kill(number % 4 == 0) : machine.crash(CrashOutcome.random(number));
            check(script, found, fault + " at call " + number + ": " + end);
        }
    }

    private static void check(ReceiveScript script, FaultyFileSystem found, String what) throws IOException {
        try {
            script.requireSound(found);
            script.converge(found);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(what, e);
        }
    }

    private static @Nullable Throwable receive(ReceiveScript script, FaultyFileSystem machine) {
        try {
            script.receive(machine, ReceiveScript.FIRST_END);
            script.receive(machine, ReceiveScript.SECOND_END);
            return null;
        } catch (StorageException | Fault.RequestedError | SimulatedCrash e) {
            return e;
        }
    }

    private static long rehearse(String formats) throws IOException {
        FaultyFileSystem machine = new FaultyFileSystem();
        ReceiveScript script = script(formats);
        assertThat(receive(script, machine)).isNull();
        long calls = machine.calls();
        script.requireSound(machine);
        script.converge(machine);
        return calls;
    }
}
