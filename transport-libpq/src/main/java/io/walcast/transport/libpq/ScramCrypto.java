// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** SCRAM's functions over SHA-256 (RFC 5802, sections 2.2 and 3). The password is bytes, so it may be anything. */
final class ScramCrypto {
    private static final String HMAC = "HmacSHA256";

    private ScramCrypto() {}

    /** PBKDF2 with one block of output, which is all that SCRAM needs. */
    static byte[] saltedPassword(byte[] password, byte[] salt, long iterations) {
        Mac mac = mac(password);
        mac.update(salt);
        byte[] round = mac.doFinal(new byte[] {0, 0, 0, 1});
        byte[] result = round.clone();
        for (long i = 1; i < iterations; i++) {
            round = mac.doFinal(round);
            xor(result, round);
        }
        return result;
    }

    static byte[] clientProof(byte[] saltedPassword, byte[] authMessage) {
        byte[] clientKey = hmac(saltedPassword, "Client Key".getBytes(StandardCharsets.US_ASCII));
        byte[] proof = hmac(sha256(clientKey), authMessage);
        xor(proof, clientKey);
        return proof;
    }

    static byte[] serverSignature(byte[] saltedPassword, byte[] authMessage) {
        return hmac(hmac(saltedPassword, "Server Key".getBytes(StandardCharsets.US_ASCII)), authMessage);
    }

    private static void xor(byte[] into, byte[] other) {
        for (int i = 0; i < into.length; i++) {
            into[i] ^= other[i];
        }
    }

    private static byte[] hmac(byte[] key, byte[] data) {
        return mac(key).doFinal(data);
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            // A MAC key may not be empty in the JDK; a zero byte is the same key, HMAC pads with zeros.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, HMAC));
            return mac;
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
