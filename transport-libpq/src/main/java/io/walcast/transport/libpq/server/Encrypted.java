// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.tls.ShownCertificate;
import io.walcast.transport.SessionRequest;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection under TLS.
 *
 * @param state what the session is told
 * @param shown the client's certificate, checked against the authorities; null if it has none
 * @param material the keys in use when the connection began
 */
record Encrypted(SessionRequest.TlsState state, @Nullable ShownCertificate shown, ServerTls material) {}
