// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import java.util.Locale;
import java.util.regex.Pattern;

/** Files of a receive directory that are not what they should be. */
final class StorageRunner implements BadInputRunner {
    private static final Pattern ABOUT_FILES = Pattern.compile(
            "(segment |history )?(file|\\.partial|\\.gz|\\.lz4|\\.history|name)\\b.*|differs from .*|tli 1 has .*|utf-16 \\b\\B");

    static boolean isAboutFiles(BadInput input) {
        return ABOUT_FILES.matcher(input.name().toLowerCase(Locale.ROOT)).matches();
    }

    @Override
    public boolean applies(BadInput input) {
        return false;
    }

    @Override
    public Answer answer(BadInput input) {
        throw new UnsupportedOperationException();
    }
}
