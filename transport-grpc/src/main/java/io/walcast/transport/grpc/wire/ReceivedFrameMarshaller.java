// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.grpc.MethodDescriptor;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.SessionResponse;
import java.io.InputStream;

/** Reads what a client receives. Stateless. */
final class ReceivedFrameMarshaller implements MethodDescriptor.Marshaller<ReceivedFrame> {
    private final MethodDescriptor.Marshaller<SessionResponse> messages =
            ReplicationGrpc.getSessionMethod().getResponseMarshaller();

    @Override
    public InputStream stream(ReceivedFrame frame) {
        throw new UnsupportedOperationException("a client does not send what it receives");
    }

    @Override
    public ReceivedFrame parse(InputStream stream) {
        SessionResponse response = messages.parse(stream);
        return response.hasWalData() ? new CopiedWal(response.getWalData()) : new ReceivedFrame.Message(response);
    }
}
