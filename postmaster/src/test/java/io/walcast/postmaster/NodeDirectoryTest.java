// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeDirectoryTest {
    @TempDir
    private Path directory;

    @Test
    void aDirectoryWithoutSettingsHoldsWalOnly() {
        NodeDirectory node = NodeDirectory.of(directory);

        assertThat(node.isBare()).isTrue();
        assertThat(node.wal()).isEqualTo(directory);
        assertThat(node.home()).isEqualTo(directory.resolve(".walcast"));
        assertThat(NodeDirectory.of(directory.resolve("missing")).isBare()).isTrue();
    }

    @Test
    void aDirectoryWithSettingsIsLaidOutAsPostgresqls() throws IOException {
        Files.createFile(directory.resolve("walcast.conf"));

        NodeDirectory node = NodeDirectory.of(directory);

        assertThat(node.isBare()).isFalse();
        assertThat(node.home()).isEqualTo(directory);
        assertThat(node.wal()).isEqualTo(directory.resolve("pg_wal"));
    }
}
