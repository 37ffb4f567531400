// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.transport.client.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The answer to an MD5 request: {@code "md5" + md5hex(md5hex(password + user) + salt)}. */
final class Md5Password {
    private Md5Password() {}

    static String hash(Secret password, String user, byte[] salt) {
        String inner = md5Hex((password.reveal() + user).getBytes(StandardCharsets.UTF_8), new byte[0]);
        return "md5" + md5Hex(inner.getBytes(StandardCharsets.US_ASCII), salt);
    }

    private static String md5Hex(byte[] first, byte[] second) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            md5.update(first);
            md5.update(second);
            return HexFormat.of().formatHex(md5.digest());
        } catch (NoSuchAlgorithmException e) {
            throw Authentication.refused("MD5 is not available in this Java runtime");
        }
    }
}
