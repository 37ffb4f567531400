// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.io.IOException;
import java.util.List;

/**
 * Both servers, over the same WAL.
 *
 * @param workspace where all lies
 * @param source the WAL
 * @param theirs its own server
 * @param ours ours, over the same files
 * @param clients how many there may be at once
 */
record Serving(Workspace workspace, WalSource source, WalServer theirs, WalcastWalServer ours, int clients)
        implements AutoCloseable {
    private static final int SPARE_WAL_SENDERS = 4;

    /** Writes the WAL and starts both. */
    static Serving start(WorkOptions options, int clients) throws IOException {
        return start(options, clients, List.of());
    }

    /** Does so, and has ours listen at {@code addresses} besides. */
    static Serving start(WorkOptions options, int clients, List<String> addresses) throws IOException {
        Programs.requireWalcast(options.walcast());
        Workspace workspace = Workspace.create(options.directory(), options.keep());
        try {
            options.progress("writing " + options.size() + " of WAL");
            WalSource source =
                    WalSource.create(Programs.server(), workspace.path(), options.size(), clients + SPARE_WAL_SENDERS);
            try {
                return start(options, workspace, source, clients, addresses);
            } catch (RuntimeException e) {
                source.close();
                throw e;
            }
        } catch (RuntimeException e) {
            workspace.close();
            throw e;
        }
    }

    private static Serving start(
            WorkOptions options, Workspace workspace, WalSource source, int clients, List<String> addresses) {
        source.linkSegments(workspace.freshDirectory("archive"));
        WalcastWalServer ours =
                WalcastWalServer.start(options.walcast(), workspace.path().resolve("archive"), clients, addresses);
        return new Serving(workspace, source, new PostgresWalServer(source), ours, clients);
    }

    /** Has both serve {@code pull}, which nobody measures, and be ready for what is measured. */
    void warmUp(Pull pull) {
        for (WalServer server : List.of(theirs, ours)) {
            pull.prepare();
            pull.pull(server);
            server.warmedUp();
        }
    }

    /** Measures both, in turn, a first time apart from the others, and reports it. */
    void compareFromTheStart(WorkOptions options, Pull pull, String file) {
        ServingComparison comparisonOfTheirs = new ServingComparison(theirs, pull);
        ServingComparison comparisonOfOurs = new ServingComparison(ours, pull);
        options.progress("first run of each");
        comparisonOfTheirs.runFirst();
        comparisonOfOurs.runFirst();
        compare(options, comparisonOfTheirs, comparisonOfOurs, file);
    }

    /** Measures both, in turn, and reports it. */
    void compare(WorkOptions options, Pull pull, String file) {
        compare(options, new ServingComparison(theirs, pull), new ServingComparison(ours, pull), file);
    }

    private void compare(
            WorkOptions options,
            ServingComparison comparisonOfTheirs,
            ServingComparison comparisonOfOurs,
            String file) {
        options.alternate(comparisonOfTheirs::runTimed, comparisonOfOurs::runTimed);
        ServingReport report = new ServingReport(
                Machine.here(workspace.fileSystem()),
                WalRange.of(source),
                clients,
                comparisonOfTheirs.finish(),
                comparisonOfOurs.finish());
        JsonReport.write(report, options.directory().resolve(file));
        options.print(report.table());
    }

    @Override
    public void close() {
        ours.close();
        theirs.close();
        source.close();
        workspace.close();
    }
}
