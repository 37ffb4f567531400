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

class GrpcReportTest {
    private static final GrpcReport REPORT = new GrpcReport(
            new Machine(2, "17.0.15", "ext4"),
            new WalRange("0/1000000", "0/81000000", "15.18"),
            true,
            figures("walsender, pg_receivewal", new TransferUsage(4, 0.6, 2, 8000)),
            figures("walcast, libpq", new TransferUsage(2, 0.8, 2.5, 90000)),
            figures("walcast, gRPC", new TransferUsage(2.5, 1.2, 3, 120000)));

    private static TransferFigures figures(String label, TransferUsage usage) {
        return new TransferFigures(label, "1.0", "2.0", usage, 1L << 31, usage, List.of(usage));
    }

    @Test
    void comparesGrpcWithLibpqAndWithPostgres() {
        assertThat(REPORT.throughputRatio()).isEqualTo(0.8);
        assertThat(REPORT.serverCpuRatio()).isEqualTo(1.5);
        assertThat(REPORT.clientCpuRatio()).isEqualTo(1.2);
        assertThat(REPORT.throughputRatioPostgres()).isEqualTo(1.6);
    }

    @Test
    void writesEveryFigureUnderItsName(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("grpc.json");

        JsonReport.write(REPORT, file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(List.of("postgres", "libpq", "grpc")).allSatisfy(which -> {
            assertThat(json.get(which).get("bytes").longValue()).isEqualTo(1L << 31);
            assertThat(json.get(which).get("first_run").get("wall_s").doubleValue())
                    .isPositive();
            assertThat(json.get(which).get("runs")).hasSize(1);
        });
        assertThat(json.get("grpc").get("wall_s").doubleValue()).isEqualTo(2.5);
        assertThat(json.get("grpc").get("server_cpu_s_per_gb").doubleValue()).isEqualTo(0.6);
        assertThat(json.get("grpc").get("client_cpu_s_per_gb").doubleValue()).isEqualTo(1.5);
        assertThat(json.get("grpc").get("client_max_rss_kb").intValue()).isEqualTo(120000);
        assertThat(json.get("syncs").booleanValue()).isTrue();
        assertThat(json.get("throughput_ratio").doubleValue()).isEqualTo(0.8);
        assertThat(json.get("throughput_ratio_postgres").doubleValue()).isEqualTo(1.6);
    }

    @Test
    void showsAllThreeInATable() {
        assertThat(REPORT.table())
                .containsPattern("walsender, pg_receivewal +4.00 +512 +0.30 +1.00 +8000")
                .containsPattern("walcast, libpq +2.00 +1024 +0.40 +1.25 +90000")
                .containsPattern("walcast, gRPC +2.50 +819 +0.60 +1.50 +120000")
                .contains("throughput_ratio 0.80", "throughput_ratio_postgres 1.60");
    }
}
