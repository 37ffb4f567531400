// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PasswordFileTest {
    @TempDir
    private Path directory;

    private @Nullable String find(String content, String mode) throws IOException {
        Path file = directory.resolve("pgpass");
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        Secret found = new PasswordFile(file, warning -> {}).find("h", "5432", "replication", "u");
        return found == null ? null : found.reveal();
    }

    @ParameterizedTest
    @CsvSource({
        "h:5432:replication:u:pw, pw",
        "*:*:*:*:pw, pw",
        "h:5432:replication:*:pw, pw",
        "x:5432:replication:u:pw, ",
        "h:5433:replication:u:pw, ",
        "h:5432:other:u:pw, ",
        "h:5432:replication:x:pw, ",
        "h:5432:replication:u:p\\:w\\\\, p:w\\",
        "h:5432:replication:u:pw:more, pw",
        "\\h:5432:replication:u:pw, pw",
        "#h:5432:replication:u:pw, ",
        "h:5432:replication:u, ",
        "h:5432:replication:u:, ",
        "'', ",
    })
    void matchesLinesAsLibpqDoes(String line, @Nullable String password) throws IOException {
        assertThat(find(line + "\n", "rw-------")).isEqualTo(password);
    }

    @Test
    void takesTheFirstMatch() throws IOException {
        assertThat(find("x:*:*:*:no\nh:*:*:*:first\r\n*:*:*:*:second\n", "rw-------"))
                .isEqualTo("first");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx--x---"})
    void ignoresAFileThatOthersCanUse(String mode) throws IOException {
        assertThat(find("*:*:*:*:pw\n", mode)).isNull();
    }

    @Test
    void ignoresWhatIsNoFile() {
        assertThat(new PasswordFile(directory, warning -> {}).find("h", "1", "d", "u"))
                .isNull();
        assertThat(new PasswordFile(directory.resolve("none"), warning -> {}).find("h", "1", "d", "u"))
                .isNull();
    }
}
