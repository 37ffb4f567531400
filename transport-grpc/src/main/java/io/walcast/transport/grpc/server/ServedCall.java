// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import java.util.concurrent.CompletableFuture;

/** A call that is under way. Safe for use from any thread. */
interface ServedCall {

    /**
     * Ends it because the listener is closed; completes when its session was told, or, if it was ending anyway, when its last
     * word was sent.
     */
    CompletableFuture<Void> listenerClosed();
}
