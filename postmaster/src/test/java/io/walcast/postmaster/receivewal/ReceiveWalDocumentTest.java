// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.postmaster.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReceiveWalDocumentTest {
    private final List<String> optionRows;
    private final List<Integer> codeRows;

    ReceiveWalDocumentTest() throws IOException {
        Path root = Path.of(requireNonNull(System.getProperty("walcast.root")));
        String text = Files.readString(root.resolve("docs/receivewal.md"));
        optionRows = firstCells(text.substring(text.indexOf("## Options"), text.indexOf("## What is reported")))
                .filter(cell -> cell.startsWith("`-"))
                .toList();
        codeRows = firstCells(text)
                .filter(cell -> cell.matches("\\d+"))
                .map(Integer::valueOf)
                .toList();
    }

    private static Stream<String> firstCells(String text) {
        return text.lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> line.substring(2, line.indexOf(" |", 2)))
                .map(cell -> cell.replace("\\|", "|"));
    }

    @Test
    void explainsExactlyTheOptionsThereAre() {
        List<String> synopses = Arrays.stream(ReceiveWalOption.values())
                .map(option -> "`" + option.synopsis().strip() + "`")
                .toList();

        assertThat(optionRows).containsExactlyInAnyOrderElementsOf(synopses);
    }

    @Test
    void explainsExactlyTheExitCodesThereAre() {
        assertThat(codeRows).containsExactlyElementsOf(ExitCodes.meanings().keySet());
    }
}
