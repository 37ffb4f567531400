// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import java.security.cert.X509Certificate;

/**
 * A finished TLS handshake.
 *
 * @param description version and cipher
 * @param serverCertificate the server's own certificate
 * @param clientCertificateAsked whether ours was asked for
 * @param clientCertificateSent whether it was sent
 */
record TlsSession(
        String description,
        X509Certificate serverCertificate,
        boolean clientCertificateAsked,
        boolean clientCertificateSent) {}
