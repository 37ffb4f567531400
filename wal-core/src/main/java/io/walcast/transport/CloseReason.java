// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

/** Why a session's connection ended. */
public enum CloseReason {
    /** The peer said goodbye ({@code Terminate}). */
    TERMINATED_BY_PEER,
    /** The peer, or the network, ended the connection without a word. */
    CONNECTION_LOST,
    /** The peer broke the protocol. */
    PROTOCOL_VIOLATION,
    /** The session asked for it, by {@link SessionPeer} or by the end of its stream. */
    ENDED_BY_SERVER,
    /** The listener was closed. */
    LISTENER_CLOSED
}
