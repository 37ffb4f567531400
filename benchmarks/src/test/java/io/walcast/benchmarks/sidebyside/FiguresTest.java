// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FiguresTest {

    @ParameterizedTest
    @CsvSource({"1kB, 1024", "512MB, 536870912", "2GB, 2147483648"})
    void readsSizesAsPostgresDoes(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "GB", "2gb", "2 GB", "-2GB", "0GB", "1.5GB", "9999999999GB"})
    void refusesOtherSizes(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesTheMedianOfEachComponentByItself() {
        Usage odd = Usage.median(List.of(new Usage(3, 0.1, 30), new Usage(1, 0.3, 10), new Usage(2, 0.2, 50)));
        Usage even = Usage.median(List.of(new Usage(1, 1, 1), new Usage(2, 3, 4)));

        assertThat(odd).isEqualTo(new Usage(2, 0.2, 30));
        assertThat(even).isEqualTo(new Usage(1.5, 2, 3));
    }

    @Test
    void addsUpWhatTheChildrenOfTheShellTook() {
        assertThat(ShellTimes.ofChildren(List.of("0m0.010000s 0m0.000000s", "1m2.500000s 0m0.250000s")))
                .isEqualTo(62.75);
        assertThatThrownBy(() -> ShellTimes.ofChildren(List.of("0m0.01s 0m0.00s")))
                .isInstanceOf(MeasurementException.class);
    }

    @Test
    void addsUpTheSyncsOfASummary() {
        long count = SyncCalls.parse(List.of(
                "% time     seconds  usecs/call     calls    errors syscall",
                "------ ----------- ----------- --------- --------- ----------------",
                " 97.85    0.026112         621        42           fsync",
                "  2.15    0.000574          57        10         1 fdatasync",
                "------ ----------- ----------- --------- --------- ----------------",
                "100.00    0.026686         513        52         1 total"));

        assertThat(count).isEqualTo(52);
    }

    @Test
    void addsUpTheLinesOfMemoryThatHaveTheNames() {
        List<String> status = List.of("Name:\tcat", "VmHWM:\t    1692 kB", "VmRSS:\t    1000 kB");

        assertThat(ProcessMemory.sumKb(status, List.of("VmHWM:"))).isEqualTo(1692);
        assertThat(ProcessMemory.sumKb(status, List.of("VmHWM:", "VmRSS:"))).isEqualTo(2692);
        assertThat(ProcessMemory.sumKb(List.of("Name:\tcat", "State:\tZ (zombie)"), List.of("VmHWM:")))
                .isZero();
    }

    @Test
    void readsTheTimesOfAProcessWhateverItsName() {
        String stat = "42 (a) R (b) S 1 42 42 0 -1 4194560 1 2 3 4 125 75 1000 50 20 0 1 0 99 1 1";

        assertThat(ProcessTimes.parse(stat)).isEqualTo(new ProcessTimes(2, 10.5));
    }

    @Test
    void keepsTheHighestOfWhatItSaw() throws InterruptedException {
        CountDownLatch looks = new CountDownLatch(3);
        try (Highest highest = new Highest(
                () -> {
                    looks.countDown();
                    return looks.getCount() == 1 ? 9 : 5;
                },
                1)) {
            looks.await();

            assertThat(highest.highest()).isEqualTo(9);
        }
    }
}
