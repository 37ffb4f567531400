// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.ongres.saslprep.SASLprep;
import io.walcast.core.error.ConfigurationException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where a new password comes from: a file, a person who types it twice, or a pipe. */
final class NewPassword {
    private static final String STANDARD_INPUT = "-";
    private static final int MAX_CHARS = 1024;

    private NewPassword() {}

    /**
     * Returns the password, prepared as SCRAM wants it; the caller wipes it.
     *
     * @param file its first line is the password, {@code -} for standard input; null to ask
     * @throws ConfigurationException if there is none, or the two differ
     */
    static char[] read(String user, @Nullable Path file) throws IOException {
        char[] raw = file == null ? asked(user) : fromFile(file);
        try {
            if (raw.length == 0) {
                throw new ConfigurationException("empty string is not a valid password");
            }
            if (raw.length > MAX_CHARS) {
                throw new ConfigurationException("password is longer than " + MAX_CHARS + " characters");
            }
            return prepared(raw);
        } finally {
            Arrays.fill(raw, '\0');
        }
    }

    /** A password that SASLprep does not allow is used as it is, as PostgreSQL does. */
    private static char[] prepared(char[] raw) {
        String text = new String(raw);
        try {
            String prepared = new SASLprep().prepareStored(text);
            return (prepared.isEmpty() ? text : prepared).toCharArray();
        } catch (IllegalArgumentException e) {
            return raw.clone();
        }
    }

    @SuppressWarnings("SystemConsoleNull") // It is null without a terminal: the launching script asks for that.
    private static char[] asked(String user) throws IOException {
        Console console = System.console();
        if (console == null) {
            return firstLine(System.in);
        }
        char[] first = console.readPassword("Enter password for user \"%s\": ", user);
        char[] second = console.readPassword("Enter it again: ");
        boolean same = first != null && Arrays.equals(first, second);
        if (second != null) {
            Arrays.fill(second, '\0');
        }
        if (!same) {
            throw new ConfigurationException("passwords didn't match");
        }
        return first;
    }

    private static char[] fromFile(Path file) throws IOException {
        if (file.toString().equals(STANDARD_INPUT)) {
            return firstLine(System.in);
        }
        try (InputStream in = Files.newInputStream(file)) {
            return firstLine(in);
        }
    }

    private static char[] firstLine(InputStream in) throws IOException {
        try {
            String line = new BufferedReader(new InputStreamReader(in, UTF_8.newDecoder())).readLine();
            return line == null ? new char[0] : line.toCharArray();
        } catch (CharacterCodingException e) {
            throw new ConfigurationException("password is not in UTF-8");
        }
    }
}
