// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import java.security.MessageDigest;
import java.security.SecureRandom;

/** The secret by which a peer may cancel what its session does ({@code BackendKeyData}). Immutable. */
public final class CancelKey {
    private final byte[] secret;

    /** Makes one of the bytes that a peer sent. */
    public CancelKey(byte[] secret) {
        this.secret = secret.clone();
    }

    /** Returns a new one of that many bytes. */
    public static CancelKey random(SecureRandom random, int length) {
        byte[] secret = new byte[length];
        random.nextBytes(secret);
        return new CancelKey(secret);
    }

    /** Returns a copy of the bytes. */
    public byte[] secret() {
        return secret.clone();
    }

    /** Returns whether {@code other} is the same, in a time that tells nothing. */
    public boolean matches(CancelKey other) {
        return MessageDigest.isEqual(secret, other.secret);
    }

    /** Shows nothing of it. */
    @Override
    public String toString() {
        return "CancelKey[****]";
    }
}
