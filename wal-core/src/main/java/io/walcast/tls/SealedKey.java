// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Opens private keys that a passphrase seals, in the two ways of OpenSSL.
 *
 * <pre>
 * PKCS#8            SEQUENCE { algorithm SEQUENCE { OID, parameters }, data OCTET STRING }
 * PBES2-params      SEQUENCE { derivation SEQUENCE { OID, PBKDF2-params }, cipher SEQUENCE { OID, iv OCTET STRING } }
 * PBKDF2-params     SEQUENCE { salt OCTET STRING, iterations INTEGER, [length INTEGER], [digest SEQUENCE { OID, NULL }] }
 * PEM's own header  DEK-Info: cipher,iv in hexadecimal
 * </pre>
 */
final class SealedKey {
    private static final String PBES2 = "2a864886f70d01050d";
    private static final String PBKDF2 = "2a864886f70d01050c";
    private static final int SALT_BYTES = 8;
    private static final int MAX_ITERATIONS = 100_000_000;

    private SealedKey() {}

    /** Opens a PKCS#8 EncryptedPrivateKeyInfo; what is inside is PKCS#8 again. */
    static byte[] openPkcs8(byte[] sealed, char[] passphrase) throws GeneralSecurityException, IOException {
        DerReader info = new DerReader(sealed).sequence();
        DerReader algorithm = info.sequence();
        if (!algorithm.oid().equals(PBES2)) {
            return openPbes1(sealed, passphrase);
        }
        DerReader parameters = algorithm.sequence();
        DerReader derivation = parameters.sequence();
        DerReader encryption = parameters.sequence();
        if (!derivation.oid().equals(PBKDF2)) {
            throw new InvalidKeyException("the key is derived by another function than PBKDF2");
        }
        SealCipher cipher = SealCipher.ofOid(encryption.oid());
        byte[] key = pbkdf2(derivation.sequence(), passphrase, cipher.keyBytes());
        return decrypt(cipher, key, encryption.octets(), info.octets());
    }

    private static byte[] pbkdf2(DerReader parameters, char[] passphrase, int bytes) throws GeneralSecurityException {
        byte[] salt = parameters.octets();
        int iterations = parameters.integer();
        if (iterations < 1 || iterations > MAX_ITERATIONS) {
            throw new InvalidKeyException("iterations: %d (expected: 1 to 100000000)".formatted(iterations));
        }
        parameters.skipInteger();
        String digest = parameters.hasMore() ? digest(parameters.sequence().oid()) : "SHA1";
        PBEKeySpec spec = new PBEKeySpec(passphrase, salt, iterations, bytes * Byte.SIZE);
        return SecretKeyFactory.getInstance("PBKDF2WithHmac" + digest)
                .generateSecret(spec)
                .getEncoded();
    }

    private static String digest(String oid) throws InvalidKeyException {
        return switch (oid) {
            case "2a864886f70d0207" -> "SHA1";
            case "2a864886f70d0208" -> "SHA224";
            case "2a864886f70d0209" -> "SHA256";
            case "2a864886f70d020a" -> "SHA384";
            case "2a864886f70d020b" -> "SHA512";
            default -> throw new InvalidKeyException("unknown digest");
        };
    }

    private static byte[] openPbes1(byte[] sealed, char[] passphrase) throws GeneralSecurityException, IOException {
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(sealed);
        Cipher cipher = Cipher.getInstance(info.getAlgName());
        cipher.init(
                Cipher.DECRYPT_MODE,
                SecretKeyFactory.getInstance(info.getAlgName()).generateSecret(new PBEKeySpec(passphrase)),
                info.getAlgParameters());
        return info.getKeySpec(cipher).getEncoded();
    }

    /** Opens what a PEM header says that it is sealed; what is inside is PKCS#1 or SEC 1. */
    static byte[] openPem(byte[] sealed, String dekInfo, char[] passphrase) throws GeneralSecurityException {
        String[] parts = dekInfo.strip().split(",", 2);
        if (parts.length < 2) {
            throw new InvalidKeyException("DEK-Info: no initialization vector");
        }
        SealCipher cipher = SealCipher.ofPemName(parts[0].strip());
        byte[] iv = HexFormat.of().parseHex(parts[1].strip());
        if (iv.length < SALT_BYTES) {
            throw new InvalidKeyException("DEK-Info: initialization vector too short");
        }
        byte[] secret = bytes(passphrase);
        byte[] key = md5Derived(secret, Arrays.copyOf(iv, SALT_BYTES), cipher.keyBytes());
        Arrays.fill(secret, (byte) 0);
        return decrypt(cipher, key, iv, sealed);
    }

    /** OpenSSL's EVP_BytesToKey with MD5 and one round. */
    private static byte[] md5Derived(byte[] secret, byte[] salt, int bytes) throws GeneralSecurityException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        ByteBuffer key = ByteBuffer.allocate(bytes);
        byte[] block = {};
        while (key.hasRemaining()) {
            md5.update(block);
            md5.update(secret);
            block = md5.digest(salt);
            key.put(block, 0, Math.min(block.length, key.remaining()));
        }
        return key.array();
    }

    private static byte[] bytes(char[] passphrase) {
        return new String(passphrase).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] decrypt(SealCipher sealing, byte[] key, byte[] iv, byte[] sealed)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(sealing.algorithm() + "/CBC/PKCS5Padding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, sealing.algorithm()), new IvParameterSpec(iv));
        return cipher.doFinal(sealed);
    }
}
