// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * An option of {@code BASE_BACKUP} or of an output plugin ({@code DefElem}).
 *
 * @param name as the grammar gives it: folded to lower case unless it was quoted
 * @param value the value's text, null if there is none
 */
public record CommandOption(String name, @Nullable String value) {
    public CommandOption {
        requireNonNull(name, "name");
    }
}
