// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

/** One of the two ways of a connection. */
public enum Direction {
    /** From the client to the server. */
    TO_SERVER,
    /** From the server to the client. */
    TO_CLIENT
}
