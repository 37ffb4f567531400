// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.postmaster.badinputs.SettledExceptions.Instead;
import java.util.List;

/** Those of {@link SettledExceptions} that are about gRPC: mostly what grpc-java and Netty say in their own words. */
final class SettledGrpc {
    static final List<Instead> ALL = List.of(
            of("length 10, 3 bytes, END_STREAM", "INTERNAL", "INTERNAL", "end-of-stream mid-frame", "gRPC's text"),
            of(
                    "compressed flag 1, no grpc-encoding",
                    "INTERNAL",
                    "INTERNAL",
                    "compression not configured",
                    "gRPC's text"),
            of("compressed flag 2", "INTERNAL", "INTERNAL", "frame header malformed", "gRPC's text"),
            of("unknown grpc-encoding", "UNIMPLEMENTED", "UNIMPLEMENTED", "find decompressor", "gRPC's text"),
            of(
                    "protobuf: group nested .*",
                    "INVALID_ARGUMENT",
                    "INVALID_ARGUMENT",
                    "malformed message",
                    "Protobuf's limit ends it, and it is told like any other message that cannot be read"),
            of(
                    "protobuf: enum 99",
                    "INVALID_ARGUMENT",
                    "INVALID_ARGUMENT",
                    "first message Begin",
                    "to Protobuf this is a field of another type, which is ignored; what is left is no Begin"),
            of(
                    "protobuf: invalid UTF-8 .*",
                    "INVALID_ARGUMENT",
                    "INVALID_ARGUMENT",
                    "malformed message",
                    "it is a Begin that cannot be read; of a slot there is nothing in it"),
            of(
                    "flush > sent in Ack",
                    "INVALID_ARGUMENT",
                    "accept",
                    "",
                    "as over libpq and as PostgreSQL: a restarted standby may be ahead of what this session sent, and no slot is moved past what was sent"),
            of(
                    "Ack storm 1 M/s",
                    "RESOURCE_EXHAUSTED",
                    "accept",
                    "",
                    "as over libpq: honest standbys report thousands of times a second; one message is read at a time, and the window holds up the rest"),
            of(
                    "server streams with client window 0 for ever",
                    "DEADLINE_EXCEEDED",
                    "RST_STREAM CANCEL",
                    "",
                    "a status cannot overtake what waits for the window, so the stream is reset, at wal_sender_timeout"),
            of(
                    "v3 startup packet on gRPC port",
                    "close",
                    "close",
                    "preface string missing or corrupt",
                    "HTTP/2's own answer, before the end"),
            of(
                    "SETTINGS flood .*",
                    "GOAWAY",
                    "close",
                    "",
                    "who does not read what he makes the server write loses the connection, and with it the reason"),
            of(
                    "PING flood .*",
                    "GOAWAY",
                    "GOAWAY ENHANCE_YOUR_CALM too_many_pings / close",
                    "",
                    "the message states the setting by its name in grpc-java; who goes on sending may lose the answer with the connection"),
            of(
                    "MadeYouReset: .*",
                    "GOAWAY",
                    "GOAWAY ENHANCE_YOUR_CALM too_many_rststreams / close",
                    "",
                    "the message states versions of Netty; who goes on sending may lose the answer with the connection"),
            of(
                    "SETTINGS_MAX_HEADER_LIST_SIZE=0, then calls .*",
                    "GOAWAY",
                    "UNIMPLEMENTED",
                    "",
                    "the setting is advice (RFC 9113, 6.5.2): the call is answered like any other"),
            of(
                    "CONTINUATION flood",
                    "GOAWAY",
                    "GOAWAY ENHANCE_YOUR_CALM / close",
                    "",
                    "its frames are small, and so many small ones are refused before their size adds up"),
            of(
                    "metadata 8,193 bytes|1,000 metadata entries",
                    "RESOURCE_EXHAUSTED",
                    "431",
                    "",
                    "HTTP's own answer: the call does not exist for gRPC"),
            of("content-type text/html", "415", "INTERNAL", "content-type not supported", "grpc-java's answer"),
            of(
                    "te header missing",
                    "INTERNAL",
                    "accept",
                    "",
                    "te is for intermediaries; grpc-java's server does not insist, and neither do we: the session begins"),
            of(
                    "no client certificate, mTLS on",
                    "UNAUTHENTICATED",
                    "TLS alert bad_certificate / TLS alert certificate_required",
                    "",
                    "the JDK's alert: to 17 an empty list is a bad one, to 25 it is as stated"),
            of(
                    "grpc-timeout: -1S",
                    "INVALID_ARGUMENT",
                    "RST_STREAM CANCEL",
                    "",
                    "to grpc-java a deadline that has passed"),
            of(
                    "message length prefix = boundary value #1",
                    "INTERNAL",
                    "INVALID_ARGUMENT",
                    "malformed message",
                    "one byte is there as it says, and it is half a message"),
            of(
                    "message length prefix = boundary value #2",
                    "INTERNAL",
                    "INVALID_ARGUMENT",
                    "first message Begin",
                    "the length is right, and so is Protobuf; it is no Begin"),
            of(
                    "HTTP/2 frame length = boundary value #(0|1|18|19)",
                    "GOAWAY",
                    "GOAWAY PROTOCOL_ERROR",
                    "",
                    "a legal length; wrong is data of a call that nobody began"),
            of(
                    "HTTP/2 frame length = boundary value #[3678]|HTTP/2 frame length = boundary value #9",
                    "GOAWAY",
                    "close",
                    "",
                    "a legal length whose bytes never come: the handshake's time ends it"));

    private SettledGrpc() {}

    private static Instead of(String name, String stated, String action, String message, String reason) {
        return new Instead("grpc", name, stated, action, "", message, reason);
    }
}
