// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalFilesTest {
    private static final SegmentSize SIZE = new SegmentSize(1 << 20);
    private static final TimelineId SECOND = new TimelineId(2);
    private static final Lsn UP_TO = Lsn.parse("0/300064");

    @TempDir
    private Path root;

    private Path received;
    private Path served;

    @BeforeEach
    void makeTwoSegmentsAndAHalf() throws IOException {
        received = Files.createDirectory(root.resolve("received"));
        served = Files.createDirectory(root.resolve("served"));
        for (int number = 1; number <= 3; number++) {
            byte[] content = new byte[SIZE.bytes()];
            new Random(number).nextBytes(content);
            Files.write(served.resolve(name(1, number)), content);
            Files.write(received.resolve(name(1, number) + (number == 3 ? ".partial" : "")), content);
        }
    }

    @Test
    void equalDirectoriesAreEqual() {
        WalFiles.Comparison comparison = compare(TimelineId.FIRST, UP_TO);

        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.isEqual()).isTrue();
        assertThat(comparison.segments()).isEqualTo(3);
        assertThat(comparison.bytes()).isEqualTo(2L * SIZE.bytes() + 100);
    }

    @Test
    void tellsTheOffsetOfTheFirstDifference() throws IOException {
        flip(received.resolve(name(1, 2)), 70_000);

        assertThat(compare(TimelineId.FIRST, UP_TO).differences())
                .containsExactly(name(1, 2) + ": differs at offset 70000, position 0/211170");
    }

    @Test
    void theLastSegmentCountsUpToThePositionOnly() throws IOException {
        flip(received.resolve(name(1, 3) + ".partial"), 100);
        assertThat(compare(TimelineId.FIRST, UP_TO).differences()).isEmpty();

        flip(received.resolve(name(1, 3) + ".partial"), 99);
        assertThat(compare(TimelineId.FIRST, UP_TO).differences()).hasSize(1);
    }

    @Test
    void reportsWhatIsNotCovered() {
        assertThat(compare(TimelineId.FIRST, Lsn.parse("0/400001")).differences())
                .containsExactly("timeline 1: received up to 0/400000 (expected: 0/400001)");
    }

    @Test
    void reportsAGap() throws IOException {
        Files.delete(received.resolve(name(1, 2)));

        assertThat(compare(TimelineId.FIRST, UP_TO).differences())
                .containsExactly("gap between " + name(1, 1) + " and " + name(1, 3) + ".partial");
    }

    @Test
    void reportsAFinishedSegmentOfWrongSize() throws IOException {
        Files.write(received.resolve(name(1, 1)), new byte[5]);

        assertThat(compare(TimelineId.FIRST, UP_TO).differences())
                .containsExactly(name(1, 1) + ": 5 bytes (expected: 1048576)");
    }

    @Test
    void countsWhatTheServerNoLongerHas() throws IOException {
        Files.delete(served.resolve(name(1, 1)));

        WalFiles.Comparison comparison = compare(TimelineId.FIRST, UP_TO);

        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.notHeld()).isEqualTo(1);
        assertThat(comparison.segments()).isEqualTo(2);
    }

    @Test
    void aTimelineThatWasLeftCountsUpToTheSwitch() throws IOException {
        Files.writeString(served.resolve("00000002.history"), "1\t0/300032\tno recovery target specified\n");
        Files.move(served.resolve(name(1, 3)), served.resolve(name(1, 3) + ".partial"));
        Files.copy(served.resolve(name(1, 3) + ".partial"), served.resolve(name(2, 3)));
        Files.copy(served.resolve(name(2, 3)), received.resolve(name(2, 3) + ".partial"));
        flip(received.resolve(name(1, 3) + ".partial"), 50);
        assertThat(compare(SECOND, UP_TO).differences()).isEmpty();

        flip(received.resolve(name(1, 3) + ".partial"), 49);
        assertThat(compare(SECOND, UP_TO).differences()).hasSize(1);
    }

    @Test
    void historyFilesMustBeEqual() throws IOException {
        Files.writeString(served.resolve("00000002.history"), "1\t0/300032\tx\n");
        Files.writeString(received.resolve("00000002.history"), "1\t0/300033\tx\n");

        assertThat(compare(TimelineId.FIRST, UP_TO).differences())
                .containsExactly("00000002.history: differs at offset 9");
    }

    private WalFiles.Comparison compare(TimelineId timeline, Lsn upTo) {
        return WalFiles.compare(received, served, SIZE, timeline, upTo);
    }

    private static String name(int timeline, int number) {
        return "%08X%08X%08X".formatted(timeline, 0, number);
    }

    private static void flip(Path file, int offset) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[offset] ^= 1;
        Files.write(file, content);
    }
}
