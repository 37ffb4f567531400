// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.storage.FileMode;
import io.walcast.core.storage.WalFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CrashStatesTest {
    private static final Path ROOT = Path.of("/");
    private static final Path A = Path.of("/a");
    private static final Path B = Path.of("/b");
    private static final int ENOUGH = 1 << 12;

    private final FaultyFileSystem machine = new FaultyFileSystem();
    private final CrashStates states = new CrashStates(ENOUGH);

    @Test
    void haveEverySubsetOfNames() throws IOException {
        machine.create(A, FileMode.OWNER).close();
        machine.rename(A, B);

        // Made and renamed, made only, none; a name that was renamed without having been made is there, too.
        assertThat(names()).containsExactlyInAnyOrder(List.of(), List.of("a"), List.of("b"));
    }

    @Test
    void haveAllThatASizeWas() throws IOException {
        WalFile file = machine.create(A, FileMode.OWNER);
        machine.syncDirectory(ROOT);
        file.write(ByteBuffer.allocate(10), 0);
        file.write(ByteBuffer.allocate(10), 10);

        Set<Integer> sizes = new HashSet<>();
        states.of(machine, "", found -> sizes.add(content(found).length));

        assertThat(sizes).containsExactlyInAnyOrder(0, 10, 20);
    }

    @Test
    void haveEverySubsetOfPagesAsTheyWereAndTorn() throws IOException {
        WalFile file = machine.create(A, FileMode.OWNER);
        machine.syncDirectory(ROOT);
        file.write(ByteBuffer.allocate(3 * FileNode.PAGE), 0);
        file.force();
        file.write(filled(1, FileNode.PAGE), 0);
        file.write(filled(2, FileNode.PAGE), 0);
        file.write(filled(3, FileNode.PAGE), 2 * FileNode.PAGE);

        List<byte[]> contents = new ArrayList<>();
        states.of(machine, "", found -> contents.add(content(found)));

        // Each of the two pages as it is, as it was, and torn in four ways; the first also as it was in between.
        assertThat(contents).hasSize(7 * 6);
        assertThat(contents).allSatisfy(content -> {
            assertThat(content).hasSize(3 * FileNode.PAGE);
            assertThat(Arrays.copyOfRange(content, FileNode.PAGE, 2 * FileNode.PAGE))
                    .containsOnly(0);
        });
        assertThat(contents).anyMatch(content -> content[0] == 1 && content[FileNode.PAGE - 1] == 1);
        assertThat(contents).anyMatch(content -> content[0] == 2 && content[FileNode.SECTOR] == 0);
    }

    @Test
    void askNothingOfWhatIsSynced() throws IOException {
        WalFile file = machine.create(A, FileMode.OWNER);
        file.write(filled(1, FileNode.PAGE), 0);
        file.force();
        machine.syncDirectory(ROOT);

        assertThat(names()).containsExactly(List.of("a"));
        assertThat(states.outcomes()).isEqualTo(1);
    }

    @Test
    void areDrawnAtRandomBeyondTheLimit() throws IOException {
        CrashStates few = new CrashStates(16);
        for (int i = 0; i < 12; i++) {
            machine.create(Path.of("/" + i), FileMode.OWNER).close();
        }

        few.of(machine, "", found -> {});

        assertThat(few.outcomes()).isEqualTo(2 * 16);
        assertThat(few.states()).isBetween(17, 2 * 16);
    }

    private List<List<String>> names() {
        List<List<String>> names = new ArrayList<>();
        states.of(machine, "", found -> names.add(found.names(ROOT)));
        return names;
    }

    private static byte[] content(FaultyFileSystem found) {
        try {
            return found.content(A);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer filled(int value, int bytes) {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) value);
        return ByteBuffer.wrap(content);
    }
}
