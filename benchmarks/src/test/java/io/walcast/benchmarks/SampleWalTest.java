// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.wal.EndOfWal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleWalTest {

    @ParameterizedTest
    @ValueSource(ints = {40, 200, 8192})
    void isReadToItsEnd(int dataBytes) {
        RecordScanBenchmark benchmark = new RecordScanBenchmark();
        benchmark.dataBytes = dataBytes;
        benchmark.write();

        EndOfWal end = benchmark.scan();

        assertThat(end.end().minus(SampleWal.START)).isGreaterThan(SampleWal.SEGMENT_SIZE.bytes() * 99L / 100);
    }

    @Test
    void passesTheCheckOfAStream() {
        StreamPageCheckBenchmark benchmark = new StreamPageCheckBenchmark();
        benchmark.write();

        int at;
        do {
            at = benchmark.checkMessage();
        } while (at != 0);
    }
}
