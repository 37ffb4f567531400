// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ProtocolViolationException;
import io.walcast.transport.libpq.BackendMessages.Parameter;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the server has reported of its settings. PostgreSQL reports fifteen or so; extensions may add to them, but not
 * without end.
 *
 * <p>Threading: confined to the owner.
 */
final class ServerParameters {
    static final int MAX_COUNT = 200;
    static final int MAX_CHARACTERS = 64 << 10;

    private final Map<String, String> byName = new TreeMap<>();
    private int characters;

    /**
     * Takes a report; the newest of a name counts.
     *
     * @throws ProtocolViolationException if it is one too many
     */
    void put(Parameter parameter) {
        String before = byName.put(parameter.name(), parameter.value());
        characters += parameter.value().length();
        characters += before == null ? parameter.name().length() : -before.length();
        if (byName.size() > MAX_COUNT) {
            throw new ProtocolViolationException("server reports more than %d parameters".formatted(MAX_COUNT));
        }
        if (characters > MAX_CHARACTERS) {
            throw new ProtocolViolationException("server reports parameters of more than 64 KB");
        }
    }

    /** Returns a view of them. */
    Map<String, String> byName() {
        return Collections.unmodifiableMap(byName);
    }
}
