// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.PrintableText;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.WalException;
import java.io.PrintWriter;

/**
 * The lines of a PostgreSQL client program on standard error: {@code NAME: error: TEXT}. Whatever a peer put into a text
 * cannot steer a terminal.
 *
 * <p>Safe for use from any thread; a line is never mixed with another or with the progress line.
 */
final class Messages {
    /** How libpq explains a connection that ended. */
    private static final String CUT_OFF =
            "\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.";

    private final Object lock = new Object();
    private final PrintWriter err;
    private final String name;

    /** Shown on the last line of a terminal, to be wiped before anything else is printed. */
    @GuardedBy("lock")
    private String statusLine = "";

    Messages(PrintWriter err, String name) {
        this.err = err;
        this.name = name;
    }

    /** Returns whether to say exactly what {@code pg_receivewal} says, even where it says it twice. */
    boolean areExact() {
        return name.equals("pg_receivewal");
    }

    void error(String text) {
        boolean cut = areExact() && text.endsWith("server closed the connection unexpectedly");
        print(name + ": error: " + text + (cut ? CUT_OFF : ""));
    }

    void warning(String text) {
        print(name + ": warning: " + text);
    }

    void info(String text) {
        print(name + ": " + text);
    }

    void hint() {
        print(name + ": hint: Try \"" + name + " --help\" for more information.");
    }

    /** Prints a line without the program's name. */
    void print(String line) {
        synchronized (lock) {
            err.print(wiped() + PrintableText.ofLines(line) + System.lineSeparator() + statusLine);
            err.flush();
        }
    }

    /** Shows {@code line} as the terminal's last line, in place of the one before; empty for none. */
    void status(String line) {
        synchronized (lock) {
            String wiped = wiped();
            statusLine = line;
            err.print(wiped + line);
            err.flush();
        }
    }

    /** Leaves the status line where it is and goes on below it. */
    void endStatus() {
        synchronized (lock) {
            if (!statusLine.isEmpty()) {
                statusLine = "";
                err.println();
                err.flush();
            }
        }
    }

    @GuardedBy("lock")
    private String wiped() {
        return statusLine.isEmpty() ? "" : "\r\u001b[K";
    }

    /** Returns what the error says in libpq's form; for a server's error with severity, detail and hint. */
    static String textOf(WalException e) {
        if (!(e instanceof ServerErrorException server)) {
            return String.valueOf(e.getMessage());
        }
        ErrorFields fields = server.fields();
        if (!fields.message().equals(server.getMessage())) {
            // A transport that knows more than the server said has put everything into words.
            return String.valueOf(server.getMessage());
        }
        StringBuilder text = new StringBuilder(fields.severity() + ":  " + fields.message());
        if (fields.detail() != null) {
            text.append("\nDETAIL:  ").append(fields.detail());
        }
        if (fields.hint() != null) {
            text.append("\nHINT:  ").append(fields.hint());
        }
        return text.toString();
    }
}
