// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingReportTest {
    private static final Usage COLD = new Usage(2.5, 1.4, 90000);
    private static final Usage WARM = new Usage(2, 0.5, 95000);

    private static ServingReport report(int clients, @Nullable Long rssPerSessionKb, @Nullable Double startCpuS) {
        Usage theirs = new Usage(2.2, 1, 8000);
        return new ServingReport(
                new Machine(2, "17.0.15", "ext4"),
                new WalRange("0/1000000", "0/81000000", "15.18"),
                clients,
                new ServingFigures(
                        "walsender", "15.18", theirs, 1L << 31, rssPerSessionKb, null, null, List.of(theirs)),
                new ServingFigures(
                        "walcast serve",
                        "0.1.0",
                        WARM,
                        1L << 31,
                        rssPerSessionKb,
                        startCpuS,
                        startCpuS == null ? null : COLD,
                        List.of(WARM)));
    }

    @Test
    void comparesTheServersCpuWithAndWithoutTheStart() {
        ServingReport report = report(1, null, 0.6);

        assertThat(report.throughputRatio()).isEqualTo(1.1);
        assertThat(report.serverCpuRatio()).isEqualTo(0.5);
        assertThat(report.serverCpuRatioWithStart()).isEqualTo(2);
        assertThat(report.table())
                .contains("1 client, each 0/1000000 to 0/81000000")
                .containsPattern("walsender +2.20 +1.00 +931 +8000 +-\n")
                .containsPattern("walcast serve +2.00 +0.50 +1024 +95000 +-\n")
                .contains("throughput_ratio 1.10   server_cpu_ratio 0.50 (2.0 with its start and first run)");
    }

    @Test
    void writesTheFiguresOfManyClientsUnderTheirNames(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("fanout.json");

        JsonReport.write(report(16, 77L, null), file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.get("clients").intValue()).isEqualTo(16);
        assertThat(json.get("throughput_ratio").doubleValue()).isEqualTo(1.1);
        assertThat(json.get("server_cpu_ratio").doubleValue()).isEqualTo(0.5);
        assertThat(json.has("server_cpu_ratio_with_start")).isFalse();
        assertThat(List.of("theirs", "ours")).allSatisfy(which -> {
            assertThat(json.get(which).get("rss_per_session_kb").intValue()).isEqualTo(77);
            assertThat(json.get(which).get("bytes").longValue()).isEqualTo(1L << 31);
            assertThat(json.get(which).has("start_cpu_s")).isFalse();
        });
    }
}
