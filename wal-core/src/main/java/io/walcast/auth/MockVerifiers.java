// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Verifiers of users who have none ({@code mock_scram_secret}): a stranger gets a salt all the same, for each name always
 * the same one, and then fails at the end. Immutable.
 */
final class MockVerifiers {
    private static final int SALT_BYTES = 16;

    private final byte[] secret;
    private final int iterations;

    MockVerifiers(byte[] secret, int iterations) {
        this.secret = secret.clone();
        this.iterations = iterations;
    }

    ScramVerifier of(String user) {
        byte[] salt = Arrays.copyOf(key("salt " + user), SALT_BYTES);
        return new ScramVerifier(iterations, salt, key("stored " + user), key("server " + user), false);
    }

    private byte[] key(String text) {
        return ScramKeys.hmac(secret, text.getBytes(UTF_8));
    }
}
