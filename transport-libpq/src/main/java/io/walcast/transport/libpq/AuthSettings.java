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
 * @param channelBinding whether SCRAM is bound to the TLS connection
 * @param smallestIterations the least SCRAM work factor it accepts
 */
record AuthSettings(
        Set<Method> allowed, @Nullable String demand, ChannelBinding channelBinding, int smallestIterations) {
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
        String strictDemand = policy == Policy.STRICT ? Method.SCRAM_SHA_256.word() : null;
        String written = values.get(ConninfoKeyword.REQUIRE_AUTH);
        String demand = written != null ? written : strictDemand;
        return new AuthSettings(
                demand == null ? EnumSet.allOf(Method.class) : methods(demand),
                demand,
                ChannelBinding.valueOf(binding.toUpperCase(Locale.ROOT)),
                policy == Policy.STRICT ? STRICT_SMALLEST_ITERATIONS : 1);
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
                                        .formatted(item.substring(1)));
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
