// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import io.walcast.core.PrintableText;
import io.walcast.core.wal.rmgr.ResourceManager;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.Signals;
import io.walcast.postmaster.WalcastSubcommand;
import io.walcast.postmaster.WalcastVersion;
import io.walcast.postmaster.receivewal.UsageException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code walcast waldump}: prints the records of the WAL as text. */
public final class WalDump implements WalcastSubcommand {
    /** What stands before messages. */
    static final String COMMAND = "walcast waldump";

    /** The WAL ended early or could not be read: {@code pg_waldump}'s code for every error. */
    static final int FAILED = 1;

    private static final Logger logger = LoggerFactory.getLogger(WalDump.class);

    @Override
    public String name() {
        return "waldump";
    }

    @Override
    public String summary() {
        return "Print the records of WAL files as text, as pg_waldump does.";
    }

    @Override
    public Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        for (WalDumpOption option : WalDumpOption.values()) {
            options.put(option.synopsis(), option.description());
        }
        return options;
    }

    @Override
    public int run(List<String> arguments, PrintWriter out, PrintWriter err) {
        String first = arguments.isEmpty() ? "" : arguments.get(0);
        if (first.equals("--help") || first.equals("-?")) {
            WalDumpHelp.print(out);
            return ExitCodes.OK;
        }
        if (first.equals("--version") || first.equals("-V")) {
            out.println("walcast " + WalcastVersion.walcast());
            out.flush();
            return ExitCodes.OK;
        }
        int code = dump(arguments, out, err);
        err.flush();
        return code;
    }

    private static int dump(List<String> arguments, PrintWriter out, PrintWriter err) {
        try {
            WalDumpOptions options = WalDumpOptions.parse(COMMAND, arguments);
            if (options.listResourceManagers) {
                for (ResourceManager manager : ResourceManager.values()) {
                    out.println(manager.rmgrName());
                }
            } else {
                Dump dump = new Dump(options, DumpRange.of(options), out);
                Signals.stopOnHangup(dump::stop);
                dump.run();
            }
            out.flush();
            return ExitCodes.OK;
        } catch (UsageException e) {
            switch (e.form()) {
                case ERROR, ERROR_AND_HINT -> printError(err, e.text());
                case GETOPT -> err.println(PrintableText.ofLines(e.text()));
                case HINT -> {}
            }
            err.println(COMMAND + ": hint: Try \"" + COMMAND + " --help\" for more information.");
            return ExitCodes.USAGE;
        } catch (WalDumpException e) {
            out.flush();
            printError(err, e.text());
            return FAILED;
        } catch (RuntimeException e) { // a bug of ours: the log has the rest
            logger.error("internal error", e);
            printError(err, "internal error: " + e);
            return ExitCodes.INTERNAL;
        }
    }

    private static void printError(PrintWriter err, String text) {
        err.println(COMMAND + ": error: " + PrintableText.ofLines(text));
    }
}
