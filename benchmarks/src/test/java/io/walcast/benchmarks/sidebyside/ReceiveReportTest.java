// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiveReportTest {
    private static final ReceiveReport REPORT = new ReceiveReport(
            new Machine(2, "17.0.15", "ext4"),
            new WalRange("0/1000000", "0/81000000", "15.18"),
            figures("pg_receivewal", new Usage(4, 1, 8000)),
            figures("walcast", new Usage(3.2, 1.5, 90000)));

    private static Figures figures(String program, Usage usage) {
        return new Figures(program, program + " 1.0", usage, 1L << 31, 640, List.of(usage));
    }

    @Test
    void throughputRatioIsAboveOneWhenOursIsFaster() {
        assertThat(REPORT.throughputRatio()).isEqualTo(1.25);
        assertThat(REPORT.cpuRatio()).isEqualTo(1.5);
    }

    @Test
    void writesEveryFigureOfBothUnderItsName(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("new").resolve("receive.json");

        JsonReport.write(REPORT, file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(List.of("theirs", "ours")).allSatisfy(which -> {
            assertThat(json.get(which).get("bytes").longValue()).isEqualTo(1L << 31);
            assertThat(json.get(which).get("fsyncs").intValue()).isEqualTo(640);
        });
        assertThat(json.get("ours").get("wall_s").doubleValue()).isEqualTo(3.2);
        assertThat(json.get("ours").get("cpu_s").doubleValue()).isEqualTo(1.5);
        assertThat(json.get("ours").get("max_rss_kb").intValue()).isEqualTo(90000);
        assertThat(json.get("throughput_ratio").doubleValue()).isEqualTo(1.25);
        assertThat(json.get("cpu_ratio").doubleValue()).isEqualTo(1.5);
    }

    @Test
    void showsBothInATable() {
        assertThat(REPORT.table())
                .containsPattern("pg_receivewal +4.00 +1.00 +512 +8000 +640")
                .containsPattern("walcast +3.20 +1.50 +640 +90000 +640")
                .contains("throughput_ratio 1.25   cpu_ratio 1.50");
    }
}
