// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** A state file that a real server wrote. */
record CapturedState(int major, String name, String hex) {

    byte[] content() {
        return HexFormat.of().parseHex(hex);
    }

    static List<CapturedState> all() {
        try (InputStream text = Objects.requireNonNull(CapturedState.class.getResourceAsStream("/slot/states.txt"))) {
            return new String(text.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(CapturedState::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static CapturedState of(int major, String name) {
        return all().stream()
                .filter(state -> state.major() == major && state.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static CapturedState parse(String line) {
        String[] parts = line.split(" ", 3);
        return new CapturedState(Integer.parseInt(parts[0]), parts[1], parts[2]);
    }

    @Override
    public String toString() {
        return major + " " + name;
    }
}
