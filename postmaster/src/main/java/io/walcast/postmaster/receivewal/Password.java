// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import io.walcast.transport.ConnectOptions.PasswordPrompt;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * The password that a person types: asked for once and remembered for later connections. Without a terminal it is read
 * from standard input.
 *
 * <p>Threading: the program's main thread.
 */
final class Password implements PasswordPrompt {
    private static final String PROMPT = "Password: ";

    private final PrintWriter err;
    private char @Nullable [] known;

    Password(PrintWriter err) {
        this.err = err;
    }

    @Override
    public char @Nullable [] passwordFor(@Nullable String user) {
        if (known == null) {
            known = read();
        }
        return known == null ? null : known.clone();
    }

    @SuppressWarnings("SystemConsoleNull") // It is null without a terminal: the launching script asks for that.
    private char @Nullable [] read() {
        Console console = System.console();
        if (console != null) {
            return console.readPassword(PROMPT);
        }
        err.print(PROMPT);
        err.flush();
        try {
            String line = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
            return line == null ? null : line.toCharArray();
        } catch (IOException e) {
            return null;
        } finally {
            err.println();
            err.flush();
        }
    }
}
