// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import io.walcast.core.error.ConfigurationException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;

/**
 * Whether a private key is that of a certificate ({@code SSL_CTX_check_private_key}). The JDK does not ask; without an answer
 * every handshake would fail later. Stateless.
 */
public final class KeyMatch {
    private static final byte[] SAMPLE = {'w', 'a', 'l'};

    private KeyMatch() {}

    /**
     * Checks that {@code key} is the one of {@code certificate}.
     *
     * @param file where the key is from
     * @throws ConfigurationException if it is not
     * @throws GeneralSecurityException if the JDK knows no such keys
     */
    public static void require(PrivateKey key, X509Certificate certificate, Path file) throws GeneralSecurityException {
        if (!fits(key, certificate.getPublicKey())) {
            throw new ConfigurationException("certificate does not match private key file \"%s\"".formatted(file));
        }
    }

    static boolean fits(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        if (key instanceof RSAKey ours && certified instanceof RSAKey theirs) {
            return ours.getModulus().equals(theirs.getModulus());
        }
        Signature signature = Signature.getInstance(
                switch (certified.getAlgorithm()) {
                    case "RSA", "RSASSA-PSS" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    case "DSA" -> "SHA256withDSA";
                    default -> certified.getAlgorithm();
                });
        try {
            signature.initSign(key);
            signature.update(SAMPLE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(SAMPLE);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException e) { // of another kind, or of another curve
            return false;
        }
    }
}
