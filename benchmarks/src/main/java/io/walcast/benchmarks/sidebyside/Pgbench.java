// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PostgreSQL's {@code pgbench} against one server: many small transactions, each of which waits for its commit. */
final class Pgbench {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern TRANSACTIONS = Pattern.compile("transactions actually processed: (\\d+)");
    private static final Pattern LATENCY = Pattern.compile("latency average = ([\\d.]+) ms");
    private static final Pattern TPS = Pattern.compile("tps = ([\\d.]+) \\(without initial connection time\\)");

    private final Tool tool;
    private final PostgresServer server;

    Pgbench(Tool tool, PostgresServer server) {
        this.tool = tool;
        this.server = server;
    }

    /** Makes its tables; so many branches that the clients of any run seldom wait for each other. */
    void initialize(int scale) {
        call(PATIENCE, "--initialize", "--quiet", "--scale=" + scale);
    }

    /** Runs its {@code simple-update} for {@code seconds}. */
    CommitRate run(int clients, int seconds) {
        String output = call(
                PATIENCE.plusSeconds(seconds),
                "--no-vacuum",
                "--builtin=simple-update",
                "--client=" + clients,
                "--time=" + seconds);
        return parse(output);
    }

    static CommitRate parse(String output) {
        return new CommitRate(
                Double.parseDouble(find(TPS, output)),
                Double.parseDouble(find(LATENCY, output)),
                Long.parseLong(find(TRANSACTIONS, output)));
    }

    private static String find(Pattern pattern, String output) {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new MeasurementException("pgbench: no \"" + pattern + "\" in\n" + output);
        }
        return matcher.group(1);
    }

    private String call(Duration timeout, String... options) {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of(
                "--host=127.0.0.1", "--port=" + server.port(), "--username=" + PostgresServer.USER, "postgres"));
        return tool.run(timeout, arguments.toArray(String[]::new))
                .requireSuccess()
                .stdout();
    }
}
