// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.server;

import java.nio.charset.StandardCharsets;

/** Names of roles and databases as they come from clients. Stateless. */
public final class RoleName {
    private static final int MAX_BYTES = 63;

    private RoleName() {}

    /** Returns the first 63 bytes of {@code name}, whole characters of it: longer names are cut, as in the catalogs. */
    public static String cut(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int end = Math.min(bytes.length, MAX_BYTES);
        while (end < bytes.length && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
