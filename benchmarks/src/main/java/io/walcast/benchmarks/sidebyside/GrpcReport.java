// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Locale;

/**
 * What {@code side-by-side grpc} found.
 *
 * @param machine what it ran on
 * @param range the WAL that was received
 * @param syncs whether the receivers synced what they got
 * @param postgres from PostgreSQL's walsender to its {@code pg_receivewal}
 * @param libpq between our own ends, by PostgreSQL's protocol
 * @param grpc between our own ends, by gRPC
 */
@JsonPropertyOrder({
    "machine",
    "range",
    "syncs",
    "postgres",
    "libpq",
    "grpc",
    "throughput_ratio",
    "server_cpu_ratio",
    "client_cpu_ratio",
    "throughput_ratio_postgres"
})
record GrpcReport(
        Machine machine,
        WalRange range,
        boolean syncs,
        TransferFigures postgres,
        TransferFigures libpq,
        TransferFigures grpc) {

    /** Returns how much faster gRPC was than libpq: above 1 is better. */
    @JsonProperty("throughput_ratio")
    double throughputRatio() {
        return JsonReport.ratio(grpc.throughput(), libpq.throughput());
    }

    /** Returns how much more CPU our server took with gRPC than with libpq: below 1 is better. */
    @JsonProperty("server_cpu_ratio")
    double serverCpuRatio() {
        return JsonReport.ratio(grpc.median().serverCpuS(), libpq.median().serverCpuS());
    }

    /** Returns how much more CPU our receiver took with gRPC than with libpq: below 1 is better. */
    @JsonProperty("client_cpu_ratio")
    double clientCpuRatio() {
        return JsonReport.ratio(grpc.median().clientCpuS(), libpq.median().clientCpuS());
    }

    /** Returns how much faster gRPC between our ends was than PostgreSQL's own two: above 1 is better. */
    @JsonProperty("throughput_ratio_postgres")
    double throughputRatioPostgres() {
        return JsonReport.ratio(grpc.throughput(), postgres.throughput());
    }

    /** Returns the report as a table for people. */
    String table() {
        StringBuilder table = new StringBuilder(String.format(
                        Locale.ROOT,
                        "%s to %s (WAL of PostgreSQL %s), received onto %s, %s, medians of %d%n%n",
                        range.start(),
                        range.end(),
                        range.server(),
                        machine.fileSystem(),
                        syncs ? "synced" : "not synced",
                        grpc.runs().size()))
                .append(String.format(
                        "%-28s %8s %8s %20s %20s %18s%n",
                        "", "wall_s", "MB/s", "server_cpu_s_per_gb", "client_cpu_s_per_gb", "client_max_rss_kb"));
        for (TransferFigures figures : List.of(postgres, libpq, grpc)) {
            table.append(row(figures));
        }
        return table.append(String.format(
                        Locale.ROOT,
                        "%nthroughput_ratio %.2f   server_cpu_ratio %.2f   client_cpu_ratio %.2f   (gRPC / libpq)%n"
                                + "throughput_ratio_postgres %.2f   (gRPC / walsender to pg_receivewal)%n",
                        throughputRatio(),
                        serverCpuRatio(),
                        clientCpuRatio(),
                        throughputRatioPostgres()))
                .toString();
    }

    private static String row(TransferFigures figures) {
        return String.format(
                Locale.ROOT,
                "%-28s %8.2f %8.0f %20.2f %20.2f %18d%n",
                figures.label(),
                figures.median().wallS(),
                figures.throughput() / JsonReport.MEGABYTE,
                figures.serverCpuPerGigabyte(),
                figures.clientCpuPerGigabyte(),
                figures.median().clientMaxRssKb());
    }
}
