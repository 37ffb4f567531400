// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import java.io.IOException;
import java.nio.file.Path;

/** A process that opens the directory named on its command line and keeps it until its input ends. */
final class LockHolder {
    private LockHolder() {}

    /** Runs it. */
    public static void main(String[] args) throws IOException {
        try (WalDirectory wal = WalDirectory.open(Path.of(args[0]), WalDirectoryOptions.DEFAULTS)) {
            System.out.println("open: " + wal.path());
            while (System.in.read() >= 0) {
                // Until the other side closes.
            }
        }
    }
}
