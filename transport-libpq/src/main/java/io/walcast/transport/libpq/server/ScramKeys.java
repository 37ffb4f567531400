// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What a server computes in a SCRAM-SHA-256 exchange (RFC 5802, section 3). Stateless. */
final class ScramKeys {
    private static final String HMAC = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private ScramKeys() {}

    /** Decodes a client's proof. */
    static byte[] proof(String base64) {
        byte[] proof;
        try {
            proof = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            proof = new byte[0];
        }
        if (proof.length != KEY_BYTES) {
            throw ScramText.malformed("Malformed proof in client-final-message.");
        }
        return proof;
    }

    /** Returns whether {@code proof} was made by somebody who knows the key that {@code storedKey} is the hash of. */
    static boolean proves(byte[] proof, byte[] storedKey, byte[] authMessage) {
        byte[] clientKey = hmac(storedKey, authMessage);
        for (int i = 0; i < KEY_BYTES; i++) {
            clientKey[i] ^= proof[i];
        }
        return MessageDigest.isEqual(sha256(clientKey), storedKey);
    }

    static byte[] hmac(byte[] key, byte[] data) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
