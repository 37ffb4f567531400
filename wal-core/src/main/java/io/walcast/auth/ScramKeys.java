// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The functions of SCRAM-SHA-256 (RFC 5802, sections 2.2 and 3), for both ends. A password is bytes, so it may be anything.
 * Stateless.
 */
public final class ScramKeys {
    /** The length of every key, proof and signature. */
    public static final int BYTES = 32;

    private static final String HMAC = "HmacSHA256";
    private static final byte[] FIRST_BLOCK = {0, 0, 0, 1};

    private ScramKeys() {}

    /** Returns the salted password: PBKDF2 with one block of output, which is all that SCRAM needs. */
    public static byte[] saltedPassword(byte[] password, byte[] salt, long iterations) {
        Mac mac = mac(password);
        mac.update(salt);
        byte[] round = mac.doFinal(FIRST_BLOCK);
        byte[] result = round.clone();
        for (long i = 1; i < iterations; i++) {
            round = mac.doFinal(round);
            xor(result, round);
        }
        return result;
    }

    /** Returns what a server keeps to know the client by. */
    public static byte[] storedKey(byte[] saltedPassword) {
        return sha256(clientKey(saltedPassword));
    }

    /** Returns that by which the server proves itself. */
    public static byte[] serverKey(byte[] saltedPassword) {
        return hmac(saltedPassword, "Server Key".getBytes(US_ASCII));
    }

    /** Returns the proof that a client knows the password. */
    public static byte[] clientProof(byte[] saltedPassword, byte[] authMessage) {
        byte[] proof = hmac(storedKey(saltedPassword), authMessage);
        xor(proof, clientKey(saltedPassword));
        return proof;
    }

    /** Returns whether {@code proof} was made by somebody who knows the key that {@code storedKey} is the hash of. */
    public static boolean proves(byte[] proof, byte[] storedKey, byte[] authMessage) {
        byte[] clientKey = hmac(storedKey, authMessage);
        xor(clientKey, proof);
        return MessageDigest.isEqual(sha256(clientKey), storedKey);
    }

    /** Returns the proof that a server has the key. */
    public static byte[] serverSignature(byte[] serverKey, byte[] authMessage) {
        return hmac(serverKey, authMessage);
    }

    private static byte[] clientKey(byte[] saltedPassword) {
        return hmac(saltedPassword, "Client Key".getBytes(US_ASCII));
    }

    static byte[] hmac(byte[] key, byte[] data) {
        return mac(key).doFinal(data);
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            // A key may not be empty in the JDK; a zero byte is the same key, HMAC pads with zeros.
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

    private static void xor(byte[] into, byte[] other) {
        for (int i = 0; i < into.length; i++) {
            into[i] ^= other[i];
        }
    }
}
