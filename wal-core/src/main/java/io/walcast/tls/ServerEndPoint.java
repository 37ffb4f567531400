// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The channel binding {@code tls-server-end-point} (RFC 5929): the server's certificate, hashed with the hash of its
 * signature, or with SHA-256 if that is MD5 or SHA-1.
 */
public final class ServerEndPoint {
    /** The name of the binding. */
    public static final String NAME = "tls-server-end-point";

    private static final Pattern HASH_WITH = Pattern.compile("(MD5|SHA1|SHA224|SHA256|SHA384|SHA512)WITH.*");
    private static final Pattern SHA = Pattern.compile("SHA(\\d{3})");

    private ServerEndPoint() {}

    /** Returns the hash, or null if the certificate's signature has no single one, as with Ed25519. */
    public static byte @Nullable [] hash(X509Certificate certificate) {
        try {
            String algorithm = hashAlgorithm(certificate);
            return algorithm == null
                    ? null
                    : MessageDigest.getInstance(algorithm).digest(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static @Nullable String hashAlgorithm(X509Certificate certificate) throws GeneralSecurityException {
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (signature.equals("RSASSA-PSS")) {
            return strong(pssHash(certificate));
        }
        Matcher matcher = HASH_WITH.matcher(signature);
        return matcher.matches() ? strong(matcher.group(1)) : null;
    }

    private static String pssHash(X509Certificate certificate) throws GeneralSecurityException {
        byte[] encoded = certificate.getSigAlgParams();
        if (encoded == null) {
            return "SHA1";
        }
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
        try {
            parameters.init(encoded);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        return parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
    }

    private static String strong(String hash) {
        String plain = hash.replace("-", "").toUpperCase(Locale.ROOT);
        if (plain.equals("MD5") || plain.equals("SHA1")) {
            return "SHA-256";
        }
        Matcher sha = SHA.matcher(plain);
        return sha.matches() ? "SHA-" + sha.group(1) : hash;
    }
}
