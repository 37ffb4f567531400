// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.walcast.core.error.ConfigurationException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What compression a server lets its clients ask for.
 *
 * @param methods which ones; not to compress is always permitted
 * @param maxLevel the highest level; who asks for more gets this
 */
public record PermittedCompression(Set<Compression.Method> methods, int maxLevel) {

    /** All methods, up to the level 9: what costs much more than it brings is for whoever asks for it in the settings. */
    public static final PermittedCompression DEFAULT =
            new PermittedCompression(EnumSet.allOf(Compression.Method.class), 9);

    public PermittedCompression {
        methods = Set.copyOf(methods);
        if (maxLevel < 1 || maxLevel > 22) {
            throw new ConfigurationException(
                    "invalid value for \"compression_level\": \"%d\" (expected: 1 to 22)".formatted(maxLevel));
        }
    }

    /**
     * Parses a list of methods with commas between them.
     *
     * @throws ConfigurationException if one is not known
     */
    public static PermittedCompression parse(String methods, int maxLevel) {
        EnumSet<Compression.Method> found = EnumSet.noneOf(Compression.Method.class);
        for (String word : methods.split(",", -1)) {
            found.add(Compression.Method.parse(word.strip()));
        }
        return new PermittedCompression(found, maxLevel);
    }

    /**
     * Returns what a client gets that wants {@code wanted}: that, with a lower level if need be, or none.
     *
     * @param wanted the value of {@link Compression#WANTED}; null if the client does not say
     * @throws ConfigurationException if it cannot be read
     */
    public Compression answer(@Nullable String wanted) {
        Compression compression = wanted == null ? Compression.NONE : Compression.parse(wanted);
        return methods.contains(compression.method()) ? compression.withLevelUpTo(maxLevel) : Compression.NONE;
    }
}
