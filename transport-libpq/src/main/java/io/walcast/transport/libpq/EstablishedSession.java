// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.transport.SenderInfo;

/**
 * What a successful attempt to connect ends with.
 *
 * @param session the dialogue, ready for a command
 * @param senderInfo who the server is
 */
record EstablishedSession(ServerSession session, SenderInfo senderInfo) {}
