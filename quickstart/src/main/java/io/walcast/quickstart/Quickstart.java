// SPDX-License-Identifier: Apache-2.0
package io.walcast.quickstart;

import io.walcast.postmaster.WalcastSubcommand;
import io.walcast.testkit.postgres.PostgresException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;

/** {@code walcast quickstart}: a guided tour with a real PostgreSQL, in less than a minute. */
public final class Quickstart implements WalcastSubcommand {
    private static final int FAILED = 1;
    private static final int USAGE = 64;
    private static final String TRANSPORT = "--transport";
    private static final String LIBPQ = "libpq";
    private static final String GRPC = "grpc";

    private static final String HELP = """
            walcast quickstart shows a synchronous receiver and a relay at work, in about half a minute.

            Usage:
              walcast quickstart [--keep] [--transport NAME]

            It starts a PostgreSQL of its own, lets every commit wait for a receiver, kills and restarts that
            receiver under load, and compares what was received with the server's own files. Then a relay takes
            the server's WAL and feeds a standby with it. Nothing stays running and no file stays behind, but for
            the unpacked PostgreSQL, which the next run uses again.

            Options:
              --keep            keep the received WAL and say where it is
              --transport NAME  libpq (default): the standby is behind the relay; grpc: behind a second relay,
                                to which the WAL travels by gRPC
              --help            show this help, then exit

            Exit codes:
              0                 all was as it should be
              1                 something was not
              64                the command line cannot be used
            """;

    @Override
    public String name() {
        return "quickstart";
    }

    @Override
    public String summary() {
        return "Take a guided tour on an embedded PostgreSQL.";
    }

    @Override
    public int run(List<String> arguments, PrintWriter out, PrintWriter err) {
        boolean keep = false;
        String transport = LIBPQ;
        Iterator<String> words = arguments.iterator();
        while (words.hasNext()) {
            String word = words.next();
            if (word.equals("--help") || word.equals("-?")) {
                out.print(HELP);
                out.flush();
                return 0;
            } else if (word.equals("--keep")) {
                keep = true;
            } else if (word.startsWith(TRANSPORT + "=")) {
                transport = word.substring(TRANSPORT.length() + 1);
            } else if (word.equals(TRANSPORT) && words.hasNext()) {
                transport = words.next();
            } else {
                return refuse("unknown argument \"" + word + "\"", err);
            }
        }
        if (!transport.equals(LIBPQ) && !transport.equals(GRPC)) {
            return refuse("unknown transport \"" + transport + "\" (expected: libpq or grpc)", err);
        }
        return tour(keep, transport.equals(GRPC), out, err);
    }

    private static int refuse(String why, PrintWriter err) {
        err.println("walcast quickstart: error: " + why);
        err.println("walcast quickstart: hint: Try \"walcast quickstart --help\" for more information.");
        err.flush();
        return USAGE;
    }

    private static int tour(boolean keep, boolean grpc, PrintWriter out, PrintWriter err) {
        try (TourFiles files = TourFiles.create(keep)) {
            new Tour(files, new Narration(out), grpc).run();
            return 0;
        } catch (IOException | UncheckedIOException | PostgresException | TourException e) {
            out.flush();
            err.println();
            err.println("walcast quickstart: " + (isEnding() ? "interrupted" : "error: " + e.getMessage()));
            err.flush();
            return FAILED;
        }
    }

    /** Returns whether a signal has ended this program: the server was stopped under our hands. */
    private static boolean isEnding() {
        Thread hook = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
