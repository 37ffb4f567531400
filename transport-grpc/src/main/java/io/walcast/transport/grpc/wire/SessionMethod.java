// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.grpc.MethodDescriptor;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;

/** The method {@code Session}, as each end knows it. */
public final class SessionMethod {
    /** How many bytes a message may have, in either direction, compressed or not. */
    public static final int MAX_MESSAGE_BYTES = 1 << 20;

    private static final MethodDescriptor<SessionRequest, SessionResponse> GENERATED =
            ReplicationGrpc.getSessionMethod();

    /** What a server serves. */
    public static final MethodDescriptor<SessionRequest, SentFrame> SERVED =
            GENERATED.toBuilder(requests(), new SentFrameMarshaller()).build();

    /** What a client calls. */
    public static final MethodDescriptor<SessionRequest, ReceivedFrame> CALLED =
            GENERATED.toBuilder(requests(), new ReceivedFrameMarshaller()).build();

    private SessionMethod() {}

    private static MethodDescriptor.Marshaller<SessionRequest> requests() {
        return GENERATED.getRequestMarshaller();
    }
}
