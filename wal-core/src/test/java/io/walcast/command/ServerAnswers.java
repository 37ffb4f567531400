// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What real servers answered to the texts of {@code answers.tsv}; its first lines say which and how. */
final class ServerAnswers {
    static final int OLDEST = 14;
    static final int NEWEST = 18;

    private static final String RESOURCE = "/commands/answers.tsv";
    private static final String AS_BEFORE = "=";

    private ServerAnswers() {}

    /**
     * The answers to one text.
     *
     * @param written the text, as the file has it
     * @param byVersion from 14 on: {@code ok}, or SQLSTATE and message
     */
    record Row(String written, List<String> byVersion) {

        byte[] text() {
            return unescaped(written);
        }

        String answerOf(int major) {
            return byVersion.get(major - OLDEST);
        }
    }

    static List<Row> load() {
        try (InputStream in = requireNonNull(ServerAnswers.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(ServerAnswers::row)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        String[] columns = line.split("\t", -1);
        List<String> answers = new ArrayList<>();
        for (int i = 1; i < columns.length; i++) {
            String answer = columns[i].equals(AS_BEFORE) ? answers.get(i - 2) : text(columns[i]);
            answers.add(answer);
        }
        return new Row(columns[0], answers);
    }

    private static String text(String escaped) {
        return new String(unescaped(escaped), StandardCharsets.UTF_8);
    }

    private static byte[] unescaped(String escaped) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c != '\\') {
                bytes.write(c);
            } else if (escaped.charAt(i + 1) == '\\') {
                bytes.write('\\');
                i++;
            } else {
                bytes.write(Integer.parseInt(escaped, i + 2, i + 4, 16));
                i += 3;
            }
        }
        return bytes.toByteArray();
    }
}
