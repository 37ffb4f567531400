// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.postmaster.waldump.WalDump;
import io.walcast.testkit.postgres.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The WAL of versions that no {@code pg_waldump} of Debian's reads: every record is named and described. */
@Timeout(300)
class WalDumpVersionsIT {
    private static final Pattern LINE =
            Pattern.compile("rmgr: \\w+ +len \\(rec/tot\\): +\\d+/ *\\d+, tx: +\\d+, lsn: [0-9A-F]+/[0-9A-F]{8}, "
                    + "prev [0-9A-F]+/[0-9A-F]{8}, desc: [A-Za-z_+]+ .*");
    private static final Pattern OPERATION = Pattern.compile("desc: ([A-Za-z_+]+) (, blkref .*|)$");

    /** What has nothing to be said of, in 15 as in all others. */
    private static final Set<String> WITHOUT_DETAILS = Set.of(
            "FPI",
            "FPI_FOR_HINT",
            "SWITCH",
            "NOOP",
            "REWRITE",
            "PAGE_UPDATE",
            "ASSIGN_LSN",
            "SPLIT_PAGE",
            "SPLIT_CLEANUP",
            "CREATE_PTREE",
            "VACUUM_PAGE",
            "DELETE_PAGE",
            "UPDATE_META_PAGE",
            "INSERT_LISTPAGE");

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 17, 18})
    void describesEveryRecord(int major) {
        try (PostgresServer server = PostgresServer.start(VariedLoad.options(major))) {
            Lsn start = VariedLoad.run(server);
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();

            new WalDump()
                    .run(
                            List.of("--path=" + server.walDirectory(), "--start=" + start),
                            new PrintWriter(out),
                            new PrintWriter(err));

            List<String> lines = out.toString().lines().toList();
            assertThat(lines).hasSizeGreaterThan(10_000);
            assertThat(lines.stream().filter(line -> !LINE.matcher(line).matches()))
                    .isEmpty();
            assertThat(operationsWithoutDetails(lines)).isSubsetOf(WITHOUT_DETAILS);
            assertThat(err.toString()).contains("error in WAL record at", ": invalid record length at", "got 0");
        }
    }

    private static Set<String> operationsWithoutDetails(List<String> lines) {
        return lines.stream()
                .map(OPERATION::matcher)
                .filter(matcher -> matcher.find())
                .map(matcher -> matcher.group(1))
                .collect(Collectors.toSet());
    }
}
