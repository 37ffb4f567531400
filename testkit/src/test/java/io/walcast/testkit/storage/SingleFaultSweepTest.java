// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.error.StorageException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One call fails, each in turn: nothing that was acknowledged is lost, and the next start is sound. */
class SingleFaultSweepTest {
    private static final Set<FileCall.Kind> NEVER_A_PAUSE =
            Set.of(FileCall.Kind.FORCE, FileCall.Kind.SYNC_DIRECTORY, FileCall.Kind.RENAME, FileCall.Kind.CLOSE);

    private static final List<UnaryOperator<FaultyFileSystem>> ENDINGS = List.of(
            machine -> machine.kill(false),
            machine -> machine.kill(true),
            machine -> machine.crash(CrashOutcome.nothing()),
            machine -> machine.crash(CrashOutcome.random(1)),
            machine -> machine.crash(CrashOutcome.random(2)));

    /** Each call meets two of the endings, its neighbours the others; {@code -Dwalcast.sweep=3} tries all everywhere. */
    private static final int ENDINGS_EACH = Math.min(ENDINGS.size(), 2 * Integer.getInteger("walcast.sweep", 1));

    @ParameterizedTest
    @EnumSource(Fault.class)
    void neverLosesWhatWasAcknowledged(Fault fault) throws IOException {
        long calls = callsOfAFaultlessRun();
        for (long number = 1; number <= calls; number++) {
            for (int i = 0; i < ENDINGS_EACH; i++) {
                runWith(fault, number, ENDINGS.get((int) ((number + i) % ENDINGS.size())));
            }
        }
    }

    private static void runWith(Fault fault, long number, UnaryOperator<FaultyFileSystem> ending) throws IOException {
        FaultyFileSystem machine = new FaultyFileSystem();
        machine.failCall(number, fault);
        ReceiveScript script = new ReceiveScript();
        Throwable failure = receive(script, machine);
        FileCall call = machine.log().stream()
                .filter(made -> made.number() == number && made.kind() != FileCall.Kind.NOTE)
                .findFirst()
                .orElseThrow();
        try {
            if (failure == null) {
                assertThat(fault.isDiskFull()).isTrue();
                assertThat(call.kind()).isNotIn(NEVER_A_PAUSE);
            }
            FaultyFileSystem found = ending.apply(machine);
            script.requireSound(found);
            script.converge(found);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(fault + " at " + call + ", ended by " + failure, e);
        }
    }

    private static @Nullable Throwable receive(ReceiveScript script, FaultyFileSystem machine) {
        try {
            script.receive(machine, ReceiveScript.FIRST_END);
            script.receive(machine, ReceiveScript.SECOND_END);
            return null;
        } catch (StorageException | Fault.RequestedError e) {
            return e;
        }
    }

    private static long callsOfAFaultlessRun() {
        FaultyFileSystem machine = new FaultyFileSystem();
        assertThat(receive(new ReceiveScript(), machine)).isNull();
        return machine.calls();
    }
}
