// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message of a client, or why it cannot be read.
 *
 * @param message null if it cannot
 * @param failure with which the call is to end; OK if it can
 */
record Inbound<M>(@Nullable M message, Status failure) {

    /**
     * Reads messages and lets the call decide what becomes of those that are none: gRPC itself would call that an error of
     * the server's. Stateless.
     */
    static final class Marshaller<M> implements MethodDescriptor.Marshaller<Inbound<M>> {
        private final MethodDescriptor.Marshaller<M> messages;

        Marshaller(MethodDescriptor.Marshaller<M> messages) {
            this.messages = messages;
        }

        @Override
        public InputStream stream(Inbound<M> message) {
            throw new UnsupportedOperationException("a server does not send what it receives");
        }

        @Override
        public Inbound<M> parse(InputStream stream) {
            try {
                return new Inbound<>(messages.parse(stream), Status.OK);
            } catch (StatusRuntimeException e) {
                boolean isOurLimit = e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
                return new Inbound<>(null, isOurLimit ? e.getStatus() : malformed(e));
            } catch (RuntimeException e) { // a stream that cannot be decompressed, for example
                return new Inbound<>(null, malformed(e));
            }
        }

        private static Status malformed(RuntimeException cause) {
            return Status.INVALID_ARGUMENT.withDescription("malformed message").withCause(cause);
        }
    }
}
