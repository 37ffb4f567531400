// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.TimelineId;
import io.walcast.core.storage.FileMode;
import io.walcast.core.storage.StreamStart;
import io.walcast.core.storage.WalFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine stops while a tail is set aside that cannot be a segment: its bytes are somewhere, whatever survives. */
class SetAsideCrashTest {
    private static final ForkedWal WAL = CrashScenario.FIRST_START.wal();
    private static final StreamStart START =
            new StreamStart(TimelineId.FIRST, ForkedWal.START.plus(ForkedWal.SIZE.bytes()));
    private static final String FINISHED = ForkedWal.fileName(TimelineId.FIRST, ForkedWal.START);
    private static final String PARTIAL = ForkedWal.fileName(TimelineId.FIRST, START.lsn()) + ".partial";
    private static final int LIMIT = 1 << 6;

    @ParameterizedTest
    @ValueSource(ints = {700, 10_000, (1 << 20) + 512})
    void losesNoByteOfIt(int size) throws IOException {
        byte[] odd = new byte[size];
        Arrays.fill(odd, (byte) 7);
        FaultyFileSystem base = directoryWith(odd);
        FaultyFileSystem whole = base.crash(CrashOutcome.everything());
        new ReceiveSteps(whole, Witness.of(WAL)).recover();
        CrashStates states = new CrashStates(LIMIT);

        for (long number = 1; number <= whole.calls() + 1; number++) {
            FaultyFileSystem machine = base.crash(CrashOutcome.everything());
            machine.crashBefore(number);
            try {
                new ReceiveSteps(machine, Witness.of(WAL)).recover();
            } catch (SimulatedCrash expected) {
                // The point of it.
            }
            String where = "crash before call " + number;
            states.of(machine, "", found -> require(found, odd, where));
        }
    }

    private static void require(FaultyFileSystem found, byte[] odd, String where) {
        try {
            assertThat(copies(found)).as(where).anyMatch(content -> Arrays.equals(content, odd));
            ReceiveSteps again = new ReceiveSteps(found, Witness.of(WAL));
            assertThat(again.recover()).as(where).isEqualTo(START);
            FaultyFileSystem last = found.crash(CrashOutcome.nothing());
            assertThat(copies(last)).as(where).anyMatch(content -> Arrays.equals(content, odd));
            assertThat(last.content(ReceiveSteps.DIRECTORY.resolve(PARTIAL)))
                    .as(where)
                    .isEmpty();
            assertThat(WAL.matches(
                            TimelineId.FIRST,
                            last.content(ReceiveSteps.DIRECTORY.resolve(FINISHED)),
                            ForkedWal.START,
                            START.lsn()))
                    .as(where)
                    .isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(where, e);
        }
    }

    /** Returns what stands under the name of the tail, and under those for what was set aside. */
    private static List<byte[]> copies(FaultyFileSystem found) throws IOException {
        List<byte[]> copies = new ArrayList<>();
        copies.add(found.content(ReceiveSteps.DIRECTORY.resolve(PARTIAL)));
        Path own = ReceiveSteps.DIRECTORY.resolve(".walcast");
        for (String name : found.names(own)) {
            if (name.startsWith(PARTIAL + ".corrupt.")) {
                copies.add(found.content(own.resolve(name)));
            }
        }
        return copies;
    }

    private static FaultyFileSystem directoryWith(byte[] tail) throws IOException {
        FaultyFileSystem machine = new FaultyFileSystem();
        new ReceiveSteps(machine, Witness.of(WAL)).receive(TimelineId.FIRST, START.lsn());
        try (WalFile file = machine.create(ReceiveSteps.DIRECTORY.resolve(PARTIAL), FileMode.OWNER)) {
            file.write(ByteBuffer.wrap(tail), 0);
        }
        return machine.crash(CrashOutcome.everything());
    }
}
