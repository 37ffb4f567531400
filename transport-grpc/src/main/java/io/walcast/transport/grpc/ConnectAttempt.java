// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.ipc.Cancellation;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.SenderInfo;
import io.walcast.transport.client.CommandAnswers;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.Secret;
import io.walcast.transport.client.ServerParameters;
import io.walcast.transport.grpc.v1.Begin;
import io.walcast.transport.grpc.v1.Begun;
import io.walcast.transport.grpc.v1.Mode;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.wire.Compression;
import io.walcast.transport.grpc.wire.ErrorMessages;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** One try with one host: channel, call, and the beginning of the session. Used by the owner to be. */
final class ConnectAttempt {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Pattern SENDABLE = Pattern.compile("[!-~](?:[ -~]*[!-~])?");
    private static final String WHAT = "connect";

    private final ConnectOptions options;
    private final ConnectSettings settings;
    private final Channels channels;

    ConnectAttempt(ConnectOptions options, ConnectSettings settings) {
        this.options = options;
        this.settings = settings;
        this.channels =
                new Channels(settings, options.environment(), settings.window().bytesFor(options));
    }

    GrpcConnection run(GrpcHost host, @Nullable Secret secret, Deadline deadline) {
        Metadata headers = headers(host, secret);
        SessionCall call =
                new SessionCall(channels.open(host), channels.aheadBytes(), options.latch(), options.cancellation());
        boolean done = false;
        Cancellation.Registration registration = options.cancellation().onRequest(call::wake);
        try {
            call.start(headers);
            call.send(SessionRequest.newBuilder().setBegin(begin()).build());
            GrpcConnection connection = begun(call, host, deadline);
            done = true;
            return connection;
        } finally {
            registration.close();
            if (!done) {
                call.drop();
            }
        }
    }

    private Metadata headers(GrpcHost host, @Nullable Secret secret) {
        Metadata headers = new Metadata();
        if (secret != null) {
            settings.checkMaySendSecret(host);
            if (!SENDABLE.matcher(secret.reveal()).matches()) {
                throw new ConfigurationException(
                        "a password for gRPC must be of printable ASCII characters, without spaces at its ends");
            }
            headers.put(AUTHORIZATION, "Bearer " + secret.reveal());
        }
        Compression compression = settings.compression();
        if (compression.method() != Compression.Method.NONE) {
            headers.put(Compression.WANTED, compression.toString());
        }
        return headers;
    }

    private Begin begin() {
        boolean isPhysical = options.mode() == ConnectOptions.Mode.PHYSICAL;
        return Begin.newBuilder()
                .setUser(settings.user())
                .setDatabase(isPhysical ? "" : settings.database())
                .setMode(mode(options.mode()))
                .putAllParameters(settings.parameters())
                .build();
    }

    private static Mode mode(ConnectOptions.Mode mode) {
        return switch (mode) {
            case PHYSICAL -> Mode.MODE_PHYSICAL;
            case LOGICAL -> Mode.MODE_LOGICAL;
            case SQL -> Mode.MODE_SQL;
        };
    }

    private GrpcConnection begun(SessionCall call, GrpcHost host, Deadline deadline) {
        ServerParameters parameters = new ServerParameters();
        SessionDialogue dialogue = new SessionDialogue(call, parameters, options.noticeListener());
        SessionResponse first = dialogue.await(deadline, WHAT);
        switch (first.getMessageCase()) {
            case BEGUN ->
                first.getBegun().getParametersList().forEach(status -> SessionDialogue.keep(status, parameters));
            case ERROR -> throw new ServerErrorException(ErrorMessages.fields(first.getError()));
            default -> throw SessionDialogue.unexpected(first, "in answer to Begin");
        }
        return new GrpcConnection(dialogue, senderInfo(host, first.getBegun(), parameters, call.attributes()), options);
    }

    private static SenderInfo senderInfo(
            GrpcHost host, Begun begun, ServerParameters parameters, Attributes attributes) {
        SSLSession tls = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        return new SenderInfo(
                host.name(),
                host.port(),
                CommandAnswers.serverVersion(parameters.byName().get("server_version")),
                begun.getPid(),
                parameters.byName(),
                tls == null ? null : tls.getProtocol() + ", " + tls.getCipherSuite());
    }
}
