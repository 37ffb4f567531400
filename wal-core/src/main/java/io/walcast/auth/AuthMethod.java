// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

/** How a peer must prove who it is ({@code uaReject}, {@code uaTrust}, {@code uaSCRAM}, {@code uaCert}). */
public enum AuthMethod {
    /** It is believed. */
    TRUST,
    /** It is refused. */
    REJECT,
    /** SCRAM-SHA-256, with channel binding where the connection has TLS; {@code md5} in the file means the same. */
    SCRAM_SHA_256,
    /** By its client certificate alone. */
    CERT
}
