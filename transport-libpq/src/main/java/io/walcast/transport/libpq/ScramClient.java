// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import com.ongres.saslprep.SASLprep;
import io.walcast.auth.ScramKeys;
import io.walcast.core.PrintableText;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.SqlState;
import io.walcast.transport.client.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), with PostgreSQL's rules: the user name is empty
 * here, because the startup message has it.
 *
 * <pre>
 * client-first  gs2-header n=,r=NONCE
 * server-first  r=NONCE…,s=SALT,i=ITERATIONS
 * client-final  c=BINDING,r=NONCE…,p=PROOF
 * server-final  v=SIGNATURE | e=ERROR
 * </pre>
 *
 * <p>Confined to one thread.
 */
final class ScramClient {
    private static final int NONCE_BYTES = 18;
    private static final int LARGEST_ITERATIONS = 100_000;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Secret password;
    private final ScramBinding binding;
    private final String nonce;
    private final int smallestIterations;
    private byte @Nullable [] serverSignature;
    private boolean verified;

    ScramClient(Secret password, ScramBinding binding, String nonce, int smallestIterations) {
        this.password = password;
        this.binding = binding;
        this.nonce = nonce;
        this.smallestIterations = smallestIterations;
    }

    static String newNonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Returns client-first. */
    String first() {
        return binding.header() + firstBare();
    }

    private String firstBare() {
        return "n=,r=" + nonce;
    }

    /** Returns client-final, the answer to server-first. */
    String last(String serverFirst) {
        if (serverSignature != null) {
            throw malformed("server-first twice");
        }
        ServerFirst first = ServerFirst.parse(serverFirst);
        if (!first.nonce().startsWith(nonce) || first.nonce().length() == nonce.length()) {
            throw new ProtocolViolationException("invalid SCRAM response (nonce mismatch)");
        }
        requireReasonable(first.iterations());
        byte[] salted = ScramKeys.saltedPassword(prepared(password), first.salt(), first.iterations());
        String lastWithoutProof = "c=" + base64(binding.input()) + ",r=" + first.nonce();
        byte[] authMessage =
                (firstBare() + "," + serverFirst + "," + lastWithoutProof).getBytes(StandardCharsets.UTF_8);
        serverSignature = ScramKeys.serverSignature(ScramKeys.serverKey(salted), authMessage);
        return lastWithoutProof + ",p=" + base64(ScramKeys.clientProof(salted, authMessage));
    }

    private void requireReasonable(long iterations) {
        if (iterations < 1) {
            throw new ProtocolViolationException("invalid SCRAM iteration count");
        }
        if (iterations > LARGEST_ITERATIONS) {
            throw new ProtocolViolationException(
                    "server asks %d SCRAM iterations, limit %d".formatted(iterations, LARGEST_ITERATIONS));
        }
        if (iterations < smallestIterations) {
            throw new ProtocolViolationException("SCRAM iteration count below %d".formatted(smallestIterations));
        }
    }

    /** A password that SASLprep does not allow is used as it is, as PostgreSQL does. */
    private static byte[] prepared(Secret password) {
        String text = password.reveal();
        try {
            return new SASLprep().prepareStored(text).getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Checks server-final: the server has to prove that it knows the password, too. */
    void verify(String serverFinal) {
        byte[] expected = serverSignature;
        if (expected == null || verified) {
            throw malformed("server-final out of place");
        }
        String value = serverFinal.split(",", 2)[0];
        if (value.startsWith("e=")) {
            throw new ConnectionException(
                    SqlState.INVALID_PASSWORD,
                    Retry.SLOW,
                    "server reported SCRAM error: " + PrintableText.of(value.substring(2)),
                    null);
        }
        if (!value.startsWith("v=")
                || !MessageDigest.isEqual(expected, ServerFirst.base64(value.substring(2), "signature"))) {
            throw Authentication.refused("incorrect server signature");
        }
        verified = true;
    }

    boolean isVerified() {
        return verified;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    static ProtocolViolationException malformed(String what) {
        return new ProtocolViolationException("malformed SCRAM message (%s)".formatted(what));
    }
}
