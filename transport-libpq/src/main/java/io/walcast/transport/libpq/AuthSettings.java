// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ConnectOptions.Policy;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the client accepts as authentication.
 *
 * @param allowed the methods it takes part in ({@code require_auth})
 * @param demand what was written as {@code require_auth}, or null
 * @param certificateCounts whether a client certificate that the server asked for is enough instead
 * @param channelBinding whether SCRAM is bound to the TLS connection
 * @param peer the user whose server it has to be, on a socket of this machine ({@code requirepeer}); or null
 * @param smallestIterations the least SCRAM work factor it accepts
 */
record AuthSettings(
        Set<Method> allowed,
        @Nullable String demand,
        boolean certificateCounts,
        ChannelBinding channelBinding,
        @Nullable String peer,
        int smallestIterations) {
    private static final int STRICT_SMALLEST_ITERATIONS = 4096;

    /** A way to authenticate, in the words of {@code require_auth}. */
    enum Method {
        PASSWORD,
        MD5,
        GSS,
        SSPI,
        SCRAM_SHA_256,
        OAUTH,
        NONE;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Values of {@code channel_binding}. */
    enum ChannelBinding {
        DISABLE,
        PREFER,
        REQUIRE
    }

    AuthSettings {
        allowed = Set.copyOf(allowed);
    }

    static AuthSettings of(ConninfoValues values, Policy policy) {
        String binding =
                values.choice(ConninfoKeyword.CHANNEL_BINDING, "prefer", List.of("disable", "prefer", "require"));
        boolean strict = policy == Policy.STRICT;
        String demand = values.get(ConninfoKeyword.REQUIRE_AUTH, strict ? Method.SCRAM_SHA_256.word() : "");
        Set<Method> allowed = demand.isEmpty() ? EnumSet.allOf(Method.class) : methods(demand);
        if (strict && !allowed.equals(EnumSet.of(Method.SCRAM_SHA_256))) {
            throw new ConfigurationException(
                    "require_auth=%s is too weak: the policy is strict (use scram-sha-256)".formatted(demand));
        }
        return new AuthSettings(
                allowed,
                demand.isEmpty() ? null : demand,
                strict,
                ChannelBinding.valueOf(binding.toUpperCase(Locale.ROOT)),
                values.get(ConninfoKeyword.REQUIREPEER),
                strict ? STRICT_SMALLEST_ITERATIONS : 1);
    }

    /** Returns what is accepted of {@code host}: on a socket of this machine the strict may know us without asking. */
    AuthSettings at(HostEntry host) {
        if (!certificateCounts || !host.isSocket()) {
            return this;
        }
        Set<Method> here = EnumSet.copyOf(allowed);
        here.add(Method.NONE);
        return new AuthSettings(here, demand, true, channelBinding, peer, smallestIterations);
    }

    private static Set<Method> methods(String demand) {
        boolean negative = demand.startsWith("!");
        Set<Method> named = EnumSet.noneOf(Method.class);
        for (String item : demand.split(",", -1)) {
            if (item.startsWith("!") != negative) {
                throw new ConfigurationException(
                        negative
                                ? "require_auth method \"%s\" cannot be mixed with negative methods".formatted(item)
                                : "negative require_auth method \"%s\" cannot be mixed with non-negative methods"
                                        .formatted(item));
            }
            if (!named.add(method(negative ? item.substring(1) : item))) {
                throw new ConfigurationException(
                        "require_auth method \"%s\" is specified more than once".formatted(item));
            }
        }
        return negative ? EnumSet.complementOf(EnumSet.copyOf(named)) : named;
    }

    private static Method method(String word) {
        for (Method method : Method.values()) {
            if (method.word().equals(word)) {
                return method;
            }
        }
        throw new ConfigurationException("invalid require_auth value: \"%s\"".formatted(word));
    }
}
