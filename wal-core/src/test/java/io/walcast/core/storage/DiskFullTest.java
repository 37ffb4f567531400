// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskFullTest {
    @TempDir
    private Path directory;

    @Test
    @EnabledOnOs(OS.LINUX)
    void isLearnedFromTheDeviceThatIsAlwaysFull() throws IOException {
        Path full = Path.of("/dev/full");

        try (WalFile file = new PosixFile(full, FileChannel.open(full, StandardOpenOption.WRITE))) {
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(10), 0)).isInstanceOf(DiskFullException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"No space left on device", "Disk quota exceeded", "Disc quota exceeded"})
    void isKnownByTheTextsOfTheCLocale(String text) {
        Path file = directory.resolve("file");

        assertThat(DiskFull.told(new IOException(text), file)).isInstanceOf(DiskFullException.class);
        assertThat(DiskFull.told(new FileSystemException(file.toString(), null, text), file))
                .isInstanceOf(DiskFullException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Input/output error", "Read-only file system", "Permission denied", "File too large", ""})
    void isNothingElse(String text) {
        IOException e = new IOException(text);

        assertThat(DiskFull.told(e, directory.resolve("file"))).isSameAs(e);
    }

    @Test
    void isNoBrokenDiskThatHappensToBeFull() {
        assertThat(DiskFull.meansFull("Input/output error", "No space left on device", () -> 0))
                .isFalse();
        assertThat(DiskFull.meansFull("No queda espacio", "No queda espacio", () -> Long.MAX_VALUE))
                .isTrue();
    }

    @Test
    void isToldByTheUsableSpaceWhereTheTextCannotBeLearned() {
        assertThat(DiskFull.meansFull("No queda espacio", null, () -> 4096)).isTrue();
        assertThat(DiskFull.meansFull("No queda espacio", null, () -> 1 << 20)).isFalse();
    }
}
