// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.wal;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code pg_waldump} says of a directory of WAL.
 *
 * @param records how many records it shows
 * @param first where the first of them begins, 0/0 for none
 * @param last where the last of them begins, 0/0 for none
 * @param end why it stopped, without the position before it; empty if there was no record at all
 */
record PgWaldump(int records, Lsn first, Lsn last, String end) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern RECORD = Pattern.compile("^rmgr: .*? lsn: ([0-9A-F]+/[0-9A-F]+),", Pattern.MULTILINE);
    private static final Pattern FILE = Pattern.compile("log segment [0-9A-F]{24}");
    private static final Pattern ERROR = Pattern.compile("error in WAL record at [0-9A-F/]+: (.*)");

    static PgWaldump of(Path directory, Lsn start) {
        Tool.Result result =
                Tool.require("pg_waldump").run(PATIENCE, "--path=" + directory, "--start=" + start, "--timeline=1");
        int records = 0;
        Lsn first = Lsn.INVALID;
        Lsn last = Lsn.INVALID;
        Matcher matcher = RECORD.matcher(result.stdout());
        while (matcher.find()) {
            last = Lsn.parse(matcher.group(1));
            first = records == 0 ? last : first;
            records++;
        }
        Matcher error = ERROR.matcher(result.stderr());
        return new PgWaldump(records, first, last, error.find() ? error.group(1) : records == 0 ? "" : result.stderr());
    }

    /**
     * Returns whether this is the same end, told the same way or, of a length that no record has, sooner. Which timeline
     * is in the name of the file does not count: it may be damaged too. Nor does how it is told that a file ends.
     */
    boolean saysAsMuchAs(PgWaldump other) {
        boolean sooner = end.endsWith("exceeds 1020 MB");
        boolean cutOff = end.startsWith("no more WAL at ") && other.end.contains("could not read from file");
        String otherEnd = FILE.matcher(other.end).replaceAll("");
        return records == other.records
                && first.equals(other.first)
                && last.equals(other.last)
                && (sooner || cutOff || FILE.matcher(end).replaceAll("").equals(otherEnd));
    }
}
