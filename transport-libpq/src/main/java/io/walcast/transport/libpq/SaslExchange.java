// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ProtocolViolationException;
import io.walcast.transport.client.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The SASL part of authentication: chooses SCRAM-SHA-256 with or without channel binding, and carries its messages. */
final class SaslExchange {
    private static final String SCRAM = "SCRAM-SHA-256";
    private static final String SCRAM_PLUS = "SCRAM-SHA-256-PLUS";
    private static final int CONTINUE = 11;
    private static final int FINAL = 12;
    private static final int MAX_MECHANISMS_BYTES = 1 << 10;
    private static final int MAX_MESSAGE_BYTES = 2 << 10;

    private final Wire wire;
    private final AuthSettings settings;
    private final @Nullable TlsSession tls;
    private ScramBinding binding = ScramBinding.NOT_SUPPORTED;
    private @Nullable ScramClient scram;

    SaslExchange(Wire wire, AuthSettings settings, @Nullable TlsSession tls) {
        this.wire = wire;
        this.settings = settings;
        this.tls = tls;
    }

    /** Chooses among the mechanisms that the server lists. */
    void choose(ByteBuffer body) {
        List<String> offered = mechanisms(body);
        binding = ScramBinding.choose(
                settings.channelBinding(), tls, offered.contains(SCRAM), offered.contains(SCRAM_PLUS));
    }

    private static List<String> mechanisms(ByteBuffer body) {
        if (body.remaining() > MAX_MECHANISMS_BYTES) {
            throw new ProtocolViolationException("SASL mechanism list longer than 1 KB");
        }
        List<String> offered = new ArrayList<>();
        for (String name = BackendMessages.cString(body); !name.isEmpty(); name = BackendMessages.cString(body)) {
            offered.add(name);
        }
        return offered;
    }

    void begin(Secret password) {
        ScramClient client = new ScramClient(password, binding, ScramClient.newNonce(), settings.smallestIterations());
        scram = client;
        wire.send(FrontendMessages.saslInitialResponse(binding.isBound() ? SCRAM_PLUS : SCRAM, client.first()));
    }

    void take(int request, ByteBuffer body) {
        ScramClient client = scram;
        if (client == null || (request != CONTINUE && request != FINAL)) {
            throw new ProtocolViolationException("unexpected authentication request %d".formatted(request));
        }
        if (body.remaining() > MAX_MESSAGE_BYTES) {
            throw new ProtocolViolationException("SASL message longer than 2048");
        }
        String message = StandardCharsets.UTF_8.decode(body).toString();
        if (request == CONTINUE) {
            wire.send(FrontendMessages.saslResponse(client.last(message)));
        } else {
            client.verify(message);
        }
    }

    /** Returns whether the server proved that it knows the password. */
    boolean isProven() {
        ScramClient client = scram;
        return client != null && client.isVerified();
    }

    boolean isBound() {
        return binding.isBound();
    }
}
