// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The client's one certificate, which is shown to every server that asks for one, whatever authorities it names, as libpq
 * does; and whether a server has asked.
 *
 * <p>Threading: one handshake at a time, any thread may ask afterwards.
 */
final class ClientKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "client";

    private final @Nullable PrivateKey key;
    private final List<X509Certificate> chain;

    // Written by the event loop in a handshake, read by the owner after it.
    private volatile boolean asked;

    /** Keeps a key with its certificates, the own one first. */
    ClientKey(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = List.copyOf(chain);
    }

    private ClientKey() {
        this.key = null;
        this.chain = List.of();
    }

    /** Returns one that has nothing to show. */
    static ClientKey none() {
        return new ClientKey();
    }

    /** Forgets who asked. */
    void reset() {
        asked = false;
    }

    /** Returns whether a server has asked for a certificate since {@link #reset}. */
    boolean isAsked() {
        return asked;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
        asked = true;
        PrivateKey own = key;
        return own != null && Arrays.asList(types).contains(own.getAlgorithm()) ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] types, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        return key == null ? null : new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return chain.isEmpty() ? null : chain.toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return key;
    }
}
