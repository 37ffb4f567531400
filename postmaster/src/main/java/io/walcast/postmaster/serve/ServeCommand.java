// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.ipc.Latch;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.Signals;
import io.walcast.postmaster.Transports;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code walcast serve}: offers the WAL in a directory to standbys and receivers. */
@Command(
        name = "serve",
        description = "Serve the WAL in a directory to PostgreSQL standbys and receivers.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped on request",
            "64:the command line, a setting or an access rule cannot be used",
            "74:the local disk failed",
            "75:address or directory in use: may be started again",
            "78:needs a person: damaged files",
            "130:ended at once by a second signal, SIGINT",
            "143:the same, SIGTERM"
        },
        footer = {
            "",
            "The directory's home holds the settings (walcast.conf), the access rules",
            "(pg_hba.conf, users) and the slots: DIR itself where DIR/walcast.conf",
            "is, with the WAL in DIR/pg_wal; else DIR/.walcast, with the WAL in DIR.",
            "walcast init -D DIR makes it. Only finished segments are served,",
            "compressed ones too: what is being received is served by walcast",
            "receivewal --serve.",
            "",
            "SIGTERM and SIGINT stop it once every standby has confirmed what is",
            "there; a second one ends it at once. SIGHUP has it read its settings,",
            "access rules and certificates again; nobody is dropped."
        })
public final class ServeCommand implements Callable<Integer> {
    private static final Logger logger = LoggerFactory.getLogger("walcast.serve");
    private static final long FOREVER_NS = TimeUnit.DAYS.toNanos(1);

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-D", "--directory"},
            paramLabel = "DIR",
            required = true,
            description = "the directory to serve")
    private Path directory;

    @Option(
            names = {"-l", "--listen"},
            paramLabel = "ADDRESS",
            description = "where to listen: HOST:PORT, grpc://HOST:PORT (plaintext) or grpcs://HOST:PORT (TLS), "
                    + "behind it parameters of the transport (?NAME=VALUE&...); port 0 for a free one; "
                    + "may be given more than once (default: listen_addresses and port of walcast.conf)")
    private List<String> listen = new ArrayList<>();

    @Option(
            names = {"-c", "--set"},
            paramLabel = "NAME=VALUE",
            description = "a setting, over what walcast.conf says; may be given more than once")
    private List<String> assignments = new ArrayList<>();

    private final Latch latch = new Latch();

    // Written by a signal's thread, or that which fails; read by the main thread.
    private volatile boolean stopRequested;

    @Override
    public Integer call() {
        try {
            return serve();
        } catch (WalException e) {
            error(String.valueOf(e.getMessage()));
            return ExitCodes.of(e);
        } catch (RuntimeException e) { // a bug of ours: the log has the rest
            logger.error("internal error", e);
            error("internal error: " + e);
            return ExitCodes.INTERNAL;
        }
    }

    private int serve() {
        if (!Files.isDirectory(directory)) {
            throw new ConfigurationException(
                    SqlState.UNDEFINED_FILE,
                    "could not open directory \"" + directory + "\": No such file or directory");
        }
        NodeDirectory node = NodeDirectory.of(directory);
        List<ListenAddress> addresses =
                listen.stream().map(ListenAddress::parse).toList();
        Transports transports = Transports.find(reason -> logger.warn("{}", reason));
        NodeSettings settings = NodeSettings.of(node, assignments);
        try (Postmaster postmaster = Postmaster.start(node, settings, logger::info)) {
            Signals.reloadOnHangup(this::stop, postmaster::reload);
            postmaster.serveArchive(addresses, transports.senders(), this::stop);
            while (!stopRequested) {
                latch.await(FOREVER_NS);
                latch.reset();
            }
            return postmaster.stop();
        }
    }

    private void stop() {
        stopRequested = true;
        latch.set();
    }

    private void error(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("walcast serve: error: " + text);
        err.flush();
    }
}
