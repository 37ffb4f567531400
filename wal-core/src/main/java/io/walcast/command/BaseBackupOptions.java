// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks the options of {@code BASE_BACKUP}, in the order they were written. */
final class BaseBackupOptions {
    private BaseBackupOptions() {}

    static void check(List<GenericOption> options, int major) {
        Set<String> given = new HashSet<>();
        for (GenericOption option : options) {
            if (!given.add(option.name())) {
                throw CommandErrors.refused("duplicate option \"%s\"".formatted(option.name()));
            }
        }
    }
}
