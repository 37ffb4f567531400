// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyMatchTest {
    @Test
    void aKeyFitsItsOwnCertificateAndNoOther() throws GeneralSecurityException {
        AlgorithmParameterSpec rsa = new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4);
        List<KeyPair> pairs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            pairs.add(pair("RSA", rsa));
            pairs.add(pair("EC", new ECGenParameterSpec("secp256r1")));
            pairs.add(pair("EdDSA", NamedParameterSpec.ED25519));
        }
        pairs.add(pair("EC", new ECGenParameterSpec("secp384r1")));
        pairs.add(pair("EdDSA", NamedParameterSpec.ED448));
        pairs.add(pair("RSASSA-PSS", rsa));

        for (KeyPair one : pairs) {
            for (KeyPair other : pairs) {
                assertThat(KeyMatch.fits(one.getPrivate(), other.getPublic()))
                        .as("%s and %s", one.getPrivate(), other.getPublic())
                        .isEqualTo(one == other);
            }
        }
    }

    private static KeyPair pair(String algorithm, AlgorithmParameterSpec parameters) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(parameters);
        return generator.generateKeyPair();
    }
}
