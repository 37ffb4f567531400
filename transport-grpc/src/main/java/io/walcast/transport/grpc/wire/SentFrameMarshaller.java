// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.grpc.MethodDescriptor;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.SessionResponse;
import java.io.InputStream;

/** Writes what a server sends. Stateless. */
final class SentFrameMarshaller implements MethodDescriptor.Marshaller<SentFrame> {
    private final MethodDescriptor.Marshaller<SessionResponse> messages =
            ReplicationGrpc.getSessionMethod().getResponseMarshaller();

    @Override
    public InputStream stream(SentFrame frame) {
        return frame instanceof SentFrame.Wal wal
                ? new SentWal(wal.chunk(), wal.level())
                : messages.stream(((SentFrame.Message) frame).response());
    }

    @Override
    public SentFrame parse(InputStream stream) {
        throw new UnsupportedOperationException("a server does not receive what it sends");
    }
}
