// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.grpc.MethodDescriptor;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;

/** The method {@code Session}, as each end knows it. */
public final class SessionMethod {
    /** How many bytes a message of WAL may have, compressed or not. */
    public static final int MAX_MESSAGE_BYTES = 1 << 20;

    /** How many bytes a message to the receiving end may have: a value of 1 MB, as a history file may be, and its row. */
    public static final int MAX_RESPONSE_BYTES = MAX_MESSAGE_BYTES + (64 << 10);

    /**
     * How many bytes a message to a server may have, compressed or not: room for a long command, or for the settings of a
     * session. What has come of a message is held until it is complete, of each call of a stranger, too.
     */
    public static final int MAX_REQUEST_BYTES = 128 << 10;

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
