// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

final class Pending {
    private static boolean landed;

    private Pending() {}

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
    static <T> T body() {
        if (!landed) {
            throw new UnsupportedOperationException();
        }
        return (T) new Object();
    }
}
