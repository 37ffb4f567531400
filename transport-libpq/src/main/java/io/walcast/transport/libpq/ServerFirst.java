// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** SCRAM's server-first message: {@code r=…,s=…,i=…}. Immutable. */
final class ServerFirst {
    private static final Pattern FORM = Pattern.compile("r=([!-+\\--~]+),s=([^,]*),i=([0-9]{1,10})(?:,.*)?");

    private final String nonce;
    private final byte[] salt;
    private final long iterations;

    private ServerFirst(String nonce, byte[] salt, long iterations) {
        this.nonce = nonce;
        this.salt = salt;
        this.iterations = iterations;
    }

    /** Returns the client's nonce with the server's behind it. */
    String nonce() {
        return nonce;
    }

    /** Returns the salt, never empty. */
    byte[] salt() {
        return salt.clone();
    }

    /** Returns the work factor, which is not checked here. */
    long iterations() {
        return iterations;
    }

    static ServerFirst parse(String message) {
        if (message.startsWith("m=")) {
            throw ScramClient.malformed("unsupported extension");
        }
        Matcher form = FORM.matcher(message);
        if (!form.matches()) {
            throw ScramClient.malformed("server-first");
        }
        byte[] salt = base64(form.group(2), "salt");
        if (salt.length == 0) {
            throw ScramClient.malformed("salt");
        }
        return new ServerFirst(form.group(1), salt, Long.parseLong(form.group(3)));
    }

    static byte[] base64(String text, String what) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw ScramClient.malformed(what);
        }
    }
}
