// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import io.walcast.core.error.ProtocolViolationException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the server has reported of its settings. PostgreSQL reports fifteen or so; extensions may add to them, but not
 * without end.
 *
 * <p>Threading: confined to the owner.
 */
public final class ServerParameters {
    static final int MAX_COUNT = 200;
    static final int MAX_CHARACTERS = 64 << 10;

    private final Map<String, String> byName = new TreeMap<>();
    private int characters;

    /**
     * Takes a report; the newest of a name counts.
     *
     * @throws ProtocolViolationException if it is one too many
     */
    public void put(String name, String value) {
        String before = byName.put(name, value);
        characters += value.length();
        characters += before == null ? name.length() : -before.length();
        if (byName.size() > MAX_COUNT) {
            throw new ProtocolViolationException("server reports more than %d parameters".formatted(MAX_COUNT));
        }
        if (characters > MAX_CHARACTERS) {
            throw new ProtocolViolationException("server reports parameters of more than 64 KB");
        }
    }

    /** Returns a view of them. */
    public Map<String, String> byName() {
        return Collections.unmodifiableMap(byName);
    }
}
