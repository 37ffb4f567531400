// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ProtocolViolationException;
import io.walcast.transport.grpc.v1.ParameterStatus;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What the server has reported of its settings; not without end. Confined to the owner. */
final class ServerParameters {
    private static final int MAX_COUNT = 200;
    private static final int MAX_CHARACTERS = 64 << 10;

    private final Map<String, String> byName = new TreeMap<>();
    private int characters;

    /**
     * Takes a report; the newest of a name counts.
     *
     * @throws ProtocolViolationException if it is one too many
     */
    void put(ParameterStatus status) {
        String before = byName.put(status.getName(), status.getValue());
        characters += status.getValue().length();
        characters += before == null ? status.getName().length() : -before.length();
        if (byName.size() > MAX_COUNT || characters > MAX_CHARACTERS) {
            throw new ProtocolViolationException(
                    "server reports more than %d parameters, or more than 64 KB of them".formatted(MAX_COUNT));
        }
    }

    /** Returns a view of them. */
    Map<String, String> byName() {
        return Collections.unmodifiableMap(byName);
    }
}
