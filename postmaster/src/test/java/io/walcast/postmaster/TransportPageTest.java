// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/writing-a-transport.md shows is in the template, to the letter. */
class TransportPageTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    private final Path root = Path.of(requireNonNull(System.getProperty("walcast.root")));

    @Test
    void showsTheTemplatesOwnCode() throws IOException {
        List<String> snippets = SNIPPET.matcher(Files.readString(root.resolve("docs/writing-a-transport.md")))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        List<String> sources;
        try (Stream<Path> files = Files.walk(root.resolve("transport-template/src"))) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .map(TransportPageTest::read)
                    .toList();
        }

        assertThat(snippets).hasSizeGreaterThan(5);
        assertThat(snippets).allSatisfy(snippet -> assertThat(sources).anyMatch(source -> source.contains(snippet)));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
