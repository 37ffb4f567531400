// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

/** The client has ended the connection while the script waited for it; ends the script quietly. */
public final class ClientGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClientGoneException() {
        super("the client has ended the connection");
    }
}
