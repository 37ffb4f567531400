// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server keeps of a password, in the form of {@code pg_authid.rolpassword}: {@code
 * SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey} (RFC 5803). Immutable.
 */
public final class ScramVerifier {
    private static final int KEY_BYTES = ScramKeys.BYTES;
    private static final String BASE64 = "((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)";
    private static final Pattern STORED =
            Pattern.compile("SCRAM-SHA-256\\$([1-9][0-9]{0,9}):" + BASE64 + "\\$" + BASE64 + ":" + BASE64);

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;
    private final boolean real;

    /**
     * Makes one of its parts.
     *
     * @param iterations rounds of PBKDF2
     * @param salt as it is sent to the client
     * @param storedKey hash of the client's key
     * @param serverKey by which the server proves itself
     * @param real false for one made up for an unknown user: its exchange must fail at the end whatever the proof
     */
    public ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey, boolean real) {
        if (iterations < 1 || salt.length == 0 || storedKey.length != KEY_BYTES || serverKey.length != KEY_BYTES) {
            throw new IllegalArgumentException("verifier: (expected: SCRAM-SHA-256 with keys of 32 bytes)");
        }
        this.iterations = iterations;
        this.salt = salt.clone();
        this.storedKey = storedKey.clone();
        this.serverKey = serverKey.clone();
        this.real = real;
    }

    /**
     * Reads the stored form.
     *
     * @throws IllegalArgumentException if {@code stored} is not that; its text is in no message
     */
    public static ScramVerifier parse(String stored) {
        Matcher matcher = STORED.matcher(stored);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "verifier: (expected: SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey)");
        }
        long iterations = Long.parseLong(matcher.group(1));
        if (iterations > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "verifier: %d iterations (expected: at most %d)".formatted(iterations, Integer.MAX_VALUE));
        }
        Base64.Decoder base64 = Base64.getDecoder();
        return new ScramVerifier(
                (int) iterations,
                base64.decode(matcher.group(2)),
                base64.decode(matcher.group(3)),
                base64.decode(matcher.group(4)),
                true);
    }

    /**
     * Derives one from a password.
     *
     * @param password after SASLprep; the caller wipes it
     * @param salt random; PostgreSQL takes 16 bytes
     * @param iterations rounds of PBKDF2
     */
    public static ScramVerifier derive(char[] password, byte[] salt, int iterations) {
        ByteBuffer encoded = UTF_8.encode(CharBuffer.wrap(password));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        byte[] salted = ScramKeys.saltedPassword(bytes, salt, iterations);
        encoded.clear().put(new byte[encoded.capacity()]);
        Arrays.fill(bytes, (byte) 0);
        return new ScramVerifier(iterations, salt, ScramKeys.storedKey(salted), ScramKeys.serverKey(salted), true);
    }

    /** Returns the rounds of PBKDF2. */
    public int iterations() {
        return iterations;
    }

    /** Returns a copy of the salt. */
    public byte[] salt() {
        return salt.clone();
    }

    /** Returns a copy of the hash of the client's key. */
    public byte[] storedKey() {
        return storedKey.clone();
    }

    /** Returns a copy of the key by which the server proves itself. */
    public byte[] serverKey() {
        return serverKey.clone();
    }

    /** Returns whether a user has it; if not, its exchange must fail at the end whatever the proof. */
    public boolean real() {
        return real;
    }

    /** Returns the form in which it is stored. A secret: with it a server can be played. */
    public String stored() {
        Base64.Encoder base64 = Base64.getEncoder();
        return "SCRAM-SHA-256$" + iterations + ":" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(storedKey) + ":" + base64.encodeToString(serverKey);
    }

    /** Shows nothing of it. */
    @Override
    public String toString() {
        return "ScramVerifier[****]";
    }
}
