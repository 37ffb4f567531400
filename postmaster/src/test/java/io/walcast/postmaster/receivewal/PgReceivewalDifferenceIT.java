// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.postmaster.ProgramName;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same command lines to PostgreSQL's own program and to ours: same words, same exit code. */
@RequiresTool("pg_receivewal")
@Timeout(60)
class PgReceivewalDifferenceIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private final Tool theirs = Tool.require("pg_receivewal");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--not-a-valid-option",
                "--dir",
                "--dir=/nonexistent",
                "-D|/nonexistent",
                "-D",
                "-x",
                "-nvx",
                "--no",
                "--no-s",
                "--no-l=3",
                "--s",
                "--sy",
                "--st=1",
                "--status|-1",
                "--p",
                "--e",
                "--co",
                "--c",
                "--d",
                "--v",
                "--h",
                "--i",
                "--foo=3",
                "-",
                "-v|-?",
                "-v|-V",
                "-v|--help",
                "--hel",
                "--vers",
                "--help=3",
                "---",
                "-DD/none",
                "-D=/none",
                "--directory=",
                "-nvD|/nonexistent",
                "--create-slot",
                "--drop-slot",
                "--create-slot|--drop-slot",
                "--create-slot|--drop-slot|-S|x",
                "--synchronous|--no-sync",
                "--synchronous|--no-sync|-D|/nonexistent",
                "extra",
                "extra|more|-D|/nonexistent",
                "-D|/nonexistent|--|-x",
                "-D|/nonexistent|-",
                "-D|/nonexistent|-s|",
                "-D|/nonexistent|-s|1.5",
                "-D|/nonexistent|-s|3x",
                "-D|/nonexistent|-s|-1",
                "-D|/nonexistent|-s|2147483",
                "-D|/nonexistent|-s|2147484",
                "-D|/nonexistent|-s| 5 ",
                "-D|/nonexistent|-s|99999999999999999999",
                "-D|/nonexistent|-E|0/0",
                "-D|/nonexistent|-E|x",
                "-D|/nonexistent|-E|1/2/3",
                "-D|/nonexistent|-E|1/2x",
                "-D|/nonexistent|-E| 1/ 2",
                "-D|/nonexistent|-E|1 /2",
                "-D|/nonexistent|-E|123456789/0",
                "-D|/nonexistent|-E|",
                "-D|/nonexistent|-E|0x1/0x2",
                "-D|/nonexistent|-E|-1/2",
                "-D|/nonexistent|-E|1",
                "-D|/nonexistent|-E|1/",
                "-D|/nonexistent|-E|/1",
                "-D|/nonexistent|-E|0x/1",
                "-D|/nonexistent|-E|1/0x",
                "-D|/nonexistent|-Z|none",
                "-D|/nonexistent|-Z|none:0",
                "-D|/nonexistent|-Z|none:1",
                "-D|/nonexistent|-Z|",
                "-D|/nonexistent|-Z|0",
                "-D|/nonexistent|-Z|10",
                "-D|/nonexistent|-Z|gzip:0",
                "-D|/nonexistent|-Z|gzip:",
                "-D|/nonexistent|-Z|gzip:x",
                "-D|/nonexistent|-Z|gzip:level=x",
                "-D|/nonexistent|-Z|gzip:level",
                "-D|/nonexistent|-Z|GZIP",
                "-D|/nonexistent|-Z|lz4:13",
                "-D|/nonexistent|-Z|zstd",
                "-D|/nonexistent|-Z|zstd:3",
                "-D|/nonexistent|-Z|client-gzip",
                "-D|/nonexistent|-Z|foo:1",
                "-D|/nonexistent|-Z|5x",
                "-D|/nonexistent|-Z|none:x",
                "-D|/nonexistent|-Z|gzip:workers=2",
                "-D|/nonexistent|-Z|gzip:,",
                "-D|/nonexistent|-Z|:",
                "-D|/nonexistent|-Z|1:2",
                "-D|/nonexistent|-Z|5 ",
                "-D|/nonexistent|-Z|99999999999999",
                "-D|/etc/passwd",
                "-D|",
                "--if-not-exists|-D|/nonexistent",
                "-D|/tmp|-w|-h|127.0.0.1|-p|1",
                "-D|/tmp|-w|-h|/nonexistent",
                "-D|/tmp|-n|-d|foo=bar",
                "-D|/tmp|-n|-d|host",
                "--create-slot|-S|x|-h|/nonexistent|-p|7",
                "-D|/tmp|-d|host=/nonexistent port=abc"
            })
    void isNotToBeSeen(String line) {
        List<String> arguments = line.isEmpty() ? List.of() : List.of(line.split("\\|", -1));
        String program = theirs.program().toString();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        Result expected = theirs.run(TIMEOUT, arguments.toArray(String[]::new));
        int code = new ReceiveWal(new ProgramName(program)).run(arguments, new PrintWriter(out), new PrintWriter(err));

        assertThat(err.toString()).isEqualTo(expected.stderr());
        assertThat(out.toString()).isEqualTo(expected.stdout());
        assertThat(code).isEqualTo(expected.exitCode());
    }
}
