// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of segments that an earlier process wrote ahead, and what is not. */
class DirectoryRecoveryTest {
    @TempDir
    private Path directory;

    @Test
    void removesWhatWasWrittenAheadOnATimelineThatWasLeft() throws IOException {
        segment("000000010000000000000004");
        segment("000000020000000000000005.partial");
        ahead("000000010000000000000006", "000000010000000000000007", "000000020000000000000006");

        recover();

        assertThat(TestWal.names(directory.resolve(".walcast")))
                .containsExactly("000000020000000000000006.next", "lock");
    }

    @Test
    void removesWhatTheNewestSegmentHasOvertaken() throws IOException {
        segment("000000010000000000000005");
        segment("000000010000000000000008");
        ahead("000000010000000000000005", "000000010000000000000007", "000000020000000000000007");

        recover();

        assertThat(TestWal.names(directory.resolve(".walcast"))).containsExactly("lock");
    }

    @Test
    void keepsWhatCanBeContinued() throws IOException {
        segment("000000010000000000000005.partial");
        ahead("000000010000000000000006", "000000010000000000000007", "x");

        recover();

        assertThat(TestWal.names(directory.resolve(".walcast")))
                .containsExactly("000000010000000000000006.next", "000000010000000000000007.next", "lock", "x.next");
    }

    @Test
    void keepsWhatWasWrittenAheadWhenAnArchiverTookEverythingElse() throws IOException {
        ahead("000000010000000000000006");

        recover();

        assertThat(TestWal.names(directory.resolve(".walcast")))
                .containsExactly("000000010000000000000006.next", "lock");
    }

    private void recover() {
        WalDirectory.open(directory, WalDirectoryOptions.DEFAULTS).close();
    }

    private void segment(String name) throws IOException {
        Files.write(directory.resolve(name), new byte[TestWal.SIZE.bytes()]);
    }

    private void ahead(String... names) throws IOException {
        Path own = Files.createDirectory(directory.resolve(".walcast"));
        for (String name : names) {
            Files.write(own.resolve(name + ".next"), new byte[TestWal.SIZE.bytes()]);
        }
    }
}
