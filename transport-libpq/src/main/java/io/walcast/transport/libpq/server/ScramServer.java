// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.auth.ScramKeys;
import io.walcast.auth.ScramVerifier;
import io.walcast.core.PrintableText;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.tls.ServerEndPoint;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), with PostgreSQL's rules and texts ({@code
 * auth-scram.c}). The user's name in it is not looked at; the startup packet has it.
 *
 * <pre>
 * client-first  gs2-header n=…,r=NONCE
 * server-first  r=NONCE…,s=SALT,i=ITERATIONS
 * client-final  c=BINDING,r=NONCE…,p=PROOF
 * server-final  v=SIGNATURE
 * </pre>
 *
 * <p>An unknown user has a verifier too, and the same work is done with it. Confined to one thread.
 */
final class ScramServer {
    static final String MECHANISM = "SCRAM-SHA-256";
    static final String MECHANISM_PLUS = "SCRAM-SHA-256-PLUS";

    private static final int NONCE_BYTES = 18;
    private static final int LONGEST_NONCE = 256;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ScramVerifier verifier;
    private final byte @Nullable [] endPoint;
    private final boolean plusOffered;
    private String gs2Header = "";
    private String firstBare = "";
    private String nonce = "";
    private String serverFirst = "";

    /**
     * Begins an exchange.
     *
     * @param verifier the user's
     * @param endPoint hash of our certificate, if the client has chosen channel binding
     * @param plusOffered whether it could have
     */
    ScramServer(ScramVerifier verifier, byte @Nullable [] endPoint, boolean plusOffered) {
        this.verifier = verifier;
        this.endPoint = endPoint;
        this.plusOffered = plusOffered;
    }

    boolean hasBegun() {
        return !serverFirst.isEmpty();
    }

    /** Takes client-first, returns server-first. */
    byte[] first(byte[] message) {
        ScramText text = ScramText.of(message);
        readHeader(text);
        gs2Header = text.before();
        if (text.peek() == 'm') {
            throw refused(SqlState.FEATURE_NOT_SUPPORTED, "client requires an unsupported SCRAM extension", null);
        }
        requireUserName(text.attribute('n'));
        String clientNonce = text.attribute('r');
        requireNonce(clientNonce);
        while (!text.isAtEnd()) {
            text.anyAttribute();
        }
        firstBare = text.whole().substring(gs2Header.length());
        nonce = clientNonce + newNonce();
        serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(verifier.salt()) + ",i="
                + verifier.iterations();
        return serverFirst.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void readHeader(ScramText text) {
        switch (text.peek()) {
            case 'n' -> {
                text.skip();
                requireNoBinding();
            }
            case 'y' -> {
                text.skip();
                requireNoBinding();
                if (plusOffered) {
                    throw refused(
                            SqlState.INVALID_AUTHORIZATION,
                            "SCRAM channel binding negotiation error",
                            "The client supports SCRAM channel binding but thinks the server does not.  "
                                    + "However, this server does support channel binding.");
                }
            }
            case 'p' -> readBinding(text);
            default -> throw ScramText.malformed("Unexpected channel-binding flag \"%s\".".formatted(text.shown()));
        }
        text.comma();
        if (text.peek() == 'a') {
            throw refused(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "client uses authorization identity, but it is not supported",
                    null);
        }
        text.comma();
    }

    private void requireNoBinding() {
        if (endPoint != null) {
            throw ScramText.malformed("The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include"
                    + " channel binding data.");
        }
    }

    private void readBinding(ScramText text) {
        if (endPoint == null) {
            throw ScramText.malformed("The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message"
                    + " includes channel binding data.");
        }
        String type = text.flag('p');
        if (!type.equals(ServerEndPoint.NAME)) {
            throw new ProtocolViolationException(
                    "unsupported SCRAM channel-binding type \"%s\"".formatted(PrintableText.of(type)));
        }
    }

    /** The name may be anything, but a comma and an equals sign in it are written in a certain way. */
    private static void requireUserName(String name) {
        String rest = name.replace("=2C", "").replace("=3D", "");
        if (rest.indexOf('=') >= 0) {
            throw new ProtocolViolationException("malformed SCRAM user name");
        }
    }

    private static void requireNonce(String nonce) {
        if (nonce.isEmpty()) {
            throw new ProtocolViolationException("empty SCRAM nonce");
        }
        if (nonce.length() > LONGEST_NONCE) {
            throw new ProtocolViolationException("SCRAM nonce longer than %d".formatted(LONGEST_NONCE));
        }
        if (!nonce.chars().allMatch(c -> c >= 0x21 && c <= 0x7E)) {
            throw new ProtocolViolationException("non-printable characters in SCRAM nonce");
        }
    }

    private static String newNonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Takes client-final; returns server-final, or null if the proof is wrong. */
    byte @Nullable [] last(byte[] message) {
        ScramText text = ScramText.of(message);
        requireBinding(text.attribute('c'));
        String finalNonce = text.attribute('r');
        String withoutProof = text.before();
        ScramText.Attribute attribute = text.anyAttribute();
        while (attribute.name() != 'p') {
            withoutProof = text.before();
            attribute = text.anyAttribute();
        }
        byte[] proof = proof(attribute.value());
        if (!text.isAtEnd()) {
            throw ScramText.malformed("Garbage found at the end of client-final-message.");
        }
        if (!finalNonce.equals(nonce)) {
            throw refused(SqlState.PROTOCOL_VIOLATION, "invalid SCRAM response", "Nonce does not match.");
        }
        byte[] authMessage = (firstBare + "," + serverFirst + ","
                        + withoutProof.substring(0, withoutProof.length() - 1))
                .getBytes(StandardCharsets.ISO_8859_1);
        boolean fits = ScramKeys.proves(proof, verifier.storedKey(), authMessage);
        byte[] signature = ScramKeys.serverSignature(verifier.serverKey(), authMessage);
        if (!fits || !verifier.real()) {
            return null;
        }
        return ("v=" + Base64.getEncoder().encodeToString(signature)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] proof(String base64) {
        byte[] proof;
        try {
            proof = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            proof = new byte[0];
        }
        if (proof.length != ScramKeys.BYTES) {
            throw ScramText.malformed("Malformed proof in client-final-message.");
        }
        return proof;
    }

    private void requireBinding(String given) {
        byte[] hash = endPoint;
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(gs2Header.getBytes(StandardCharsets.US_ASCII));
        if (hash != null) {
            expected.writeBytes(hash);
        }
        byte[] encoded = Base64.getEncoder().encode(expected.toByteArray());
        if (MessageDigest.isEqual(encoded, given.getBytes(StandardCharsets.ISO_8859_1))) {
            return;
        }
        throw hash != null
                ? refused(SqlState.INVALID_AUTHORIZATION, "SCRAM channel binding check failed", null)
                : new ProtocolViolationException("unexpected SCRAM channel-binding attribute in client-final-message");
    }

    private static ServerErrorException refused(SqlState state, String message, @Nullable String detail) {
        return new ServerErrorException(new ErrorFields("FATAL", state, message, detail, null));
    }
}
