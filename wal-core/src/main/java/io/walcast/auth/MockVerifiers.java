// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

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
        byte[] salt = Arrays.copyOf(ScramKeys.hmac(secret, "salt " + user), SALT_BYTES);
        return new ScramVerifier(
                iterations,
                salt,
                ScramKeys.hmac(secret, "stored " + user),
                ScramKeys.hmac(secret, "server " + user),
                false);
    }
}
