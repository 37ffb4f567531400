// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.verifywal;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.error.WalException;
import io.walcast.core.verify.VerifyOptions;
import io.walcast.core.verify.WalReport;
import io.walcast.core.verify.WalVerifier;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.compression.Decompressors;
import io.walcast.postmaster.status.Json;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code walcast verifywal}: whether the WAL in a directory is whole. */
@Command(
        name = "verifywal",
        description = {
            "Read every segment and record of the WAL in a directory, compressed ones too, and tell where each timeline "
                    + "begins and ends, and every gap, bad page and bad record.",
            ""
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the WAL is whole",
            "64:the command line cannot be used",
            "74:the directory cannot be read",
            "78:something is missing or wrong, or there is no WAL"
        })
public final class VerifyWalCommand implements Callable<Integer> {
    private static final String NAME = "walcast verifywal";

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DIR",
            description = "a directory that holds WAL, or the home of a node, which holds it in pg_wal")
    private Path directory;

    @Option(
            names = {"-s", "--start"},
            paramLabel = "LSN",
            description = "begin with the segment that holds LSN, which must be there (default: the first one)")
    private @Nullable String start;

    @Option(
            names = {"-e", "--end"},
            paramLabel = "LSN",
            description = "read up to LSN, which the WAL must reach (default: as far as it goes)")
    private @Nullable String end;

    @Option(
            names = {"-t", "--timeline"},
            paramLabel = "TLI",
            description = "this timeline and those it comes from (default: all)")
    private @Nullable String timeline;

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "NUM",
            description = "read so many segments at once (default: one for each processor)")
    private int jobs;

    @Option(
            names = {"-q", "--quiet"},
            description = "print nothing but what is wrong; no progress")
    private boolean quiet;

    @Option(
            names = {"-P", "--progress"},
            description = "show progress although standard error is no terminal")
    private boolean progress;

    @Option(names = "--output", paramLabel = "FORMAT", description = "text (default) or json")
    private Format format = Format.text;

    /** How to print it; the names are what the user types. */
    enum Format {
        text,
        json
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        NodeDirectory node = NodeDirectory.of(directory);
        if (!Files.isDirectory(node.wal())) {
            String why = Files.exists(node.wal()) ? "Not a directory" : "No such file or directory";
            err.println(NAME + ": error: could not open directory \"" + node.wal() + "\": " + why);
            return ExitCodes.USAGE;
        }
        VerifyOptions options = options(node);
        try {
            WalReport report = verify(node, options, err);
            report.warnings().forEach(warning -> err.println(NAME + ": warning: " + warning));
            if (format == Format.json) {
                out.println(Json.write(ReportFields.of(report)));
            } else {
                ReportText.lines(report, quiet).forEach(out::println);
            }
            out.flush();
            return report.isWhole() ? ExitCodes.OK : ExitCodes.NEEDS_A_PERSON;
        } catch (StorageException e) {
            err.println(NAME + ": error: " + e.getMessage());
            return e.sqlState().equals(SqlState.UNDEFINED_FILE) ? ExitCodes.NEEDS_A_PERSON : ExitCodes.of(e);
        } catch (WalException e) {
            err.println(NAME + ": error: " + e.getMessage());
            return ExitCodes.of(e);
        }
    }

    private WalReport verify(NodeDirectory node, VerifyOptions options, PrintWriter err) {
        boolean terminal = Boolean.getBoolean("walcast.terminal");
        try (VerifyProgressLine line = new VerifyProgressLine(err, terminal, !quiet && (terminal || progress))) {
            return WalVerifier.verify(node.wal(), options, line);
        }
    }

    private VerifyOptions options(NodeDirectory node) {
        Lsn from = lsn("--start", start);
        Lsn upto = lsn("--end", end);
        if (from != null && upto != null && upto.isBefore(from)) {
            throw usage("end WAL location %s is before start WAL location %s".formatted(upto, from));
        }
        if (spec.commandLine().getParseResult().hasMatchedOption("--jobs") && jobs < 1) {
            throw usage("number of parallel jobs must be at least 1");
        }
        boolean receivers = !node.isBare() || Files.isDirectory(node.home(), LinkOption.NOFOLLOW_LINKS);
        return VerifyOptions.DEFAULT
                .withRange(from, upto)
                .withTimeline(timelineId())
                .withJobs(jobs < 1 ? Runtime.getRuntime().availableProcessors() : jobs)
                .withFinishedSegmentsFull(receivers)
                .withDecompressors(Decompressors.ALL);
    }

    private @Nullable Lsn lsn(String option, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return Lsn.parse(text);
        } catch (IllegalArgumentException e) {
            throw usage("invalid WAL location for option " + option + ": \"" + text + "\"");
        }
    }

    private @Nullable TimelineId timelineId() {
        String text = timeline;
        if (text == null) {
            return null;
        }
        try {
            return TimelineId.of(Long.parseLong(text));
        } catch (IllegalArgumentException e) {
            throw usage("invalid timeline specification: \"" + text + "\"");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
