// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import java.util.concurrent.TimeoutException;

/**
 * Ends calls without a word, whatever still waits to be written: gRPC resets the stream of a call whose time is over, and so
 * a call can be cut whose context stands on one that can be cancelled.
 *
 * <p>Safe for use from any thread.
 */
final class CallCut {
    /** Of the call whose listener is being made. */
    static final Context.Key<CallCut> KEY = Context.key("walcast-cut");

    /** Gives each call its own. */
    static final ServerStreamTracer.Factory TRACERS = new ServerStreamTracer.Factory() {
        @Override
        public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
            return new Tracer();
        }
    };

    private final Context.CancellableContext context;

    private CallCut(Context.CancellableContext context) {
        this.context = context;
    }

    /** Cuts the call, if it is still there. */
    void cut() {
        context.cancel(new TimeoutException("cut"));
    }

    private static final class Tracer extends ServerStreamTracer {
        @Override
        public Context filterContext(Context outer) {
            Context.CancellableContext context = outer.withCancellation();
            return context.withValue(KEY, new CallCut(context));
        }
    }
}
