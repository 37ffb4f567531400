// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What reports have in common: how they are written for programs, and how far their ratios are rounded. */
final class JsonReport {
    static final double MEGABYTE = 1L << 20;

    private static final double PRECISION = 1e3;

    private JsonReport() {}

    static void write(Object report, Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), report);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static double ratio(double ours, double theirs) {
        return Math.round(ours / theirs * PRECISION) / PRECISION;
    }
}
